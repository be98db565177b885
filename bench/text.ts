function show(value: unknown): string {
  if (typeof value !== 'number') return String(value);
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** What was measured, with the names of its fields. */
export const rowText = (fields: object): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${show(value)}`)
    .join(', ');

/** Where the figures come from. */
export const headingText = (report: {
  readonly machine: string;
  readonly repeats: number;
}): string => `${report.machine}; medians of ${report.repeats}`;
