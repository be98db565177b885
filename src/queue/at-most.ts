/** Waits for something no longer than so many milliseconds: a server that is gone keeps nobody. */
export async function atMost(what: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([what.catch(() => {}), late]);
  clearTimeout(timer);
}
