/** What was read once, kept until something is not as it was read. What failed is read anew. */

export interface Rereading<T> {
  current(): Promise<T>;
  /** Something was not as it was read: the next one reads anew, but not all the time where that takes long. */
  stale(): void;
  /** The next one reads anew. */
  forget(): void;
}

/** Reading may take so much of the time, where it takes longer than `quick` ms. */
const share = 0.1;
const quick = 1000;

export function rereading<T>(read: () => Promise<T>): Rereading<T> {
  let reading: Promise<T> | undefined;
  let [ended, took] = [0, 0];
  const forget = () => {
    reading = undefined;
  };
  return {
    current() {
      const begun = performance.now();
      reading ??= read().then(
        (value) => {
          ended = performance.now();
          took = ended - begun;
          return value;
        },
        (error) => {
          forget();
          throw error;
        },
      );
      return reading;
    },
    stale() {
      if (took < quick || performance.now() - ended > took / share) forget();
    },
    forget,
  };
}
