export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** By what y is multiplied where x grows by one: least squares over the logarithms. */
export function growthFactor(
  points: readonly { readonly x: number; readonly y: number }[],
): number {
  const middleX = mean(points.map(({ x }) => x));
  const middleY = mean(points.map(({ y }) => Math.log(y)));
  const covariance = mean(points.map(({ x, y }) => (x - middleX) * (Math.log(y) - middleY)));
  const variance = mean(points.map(({ x }) => (x - middleX) ** 2));
  return Math.exp(covariance / variance);
}
