// Work that is done once at a time: whoever asks for it meanwhile waits for the same.

export function alone(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}
