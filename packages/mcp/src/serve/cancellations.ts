/** Calls that run, so that a client can cancel one by a request of its own. */

/**
 * Over HTTP, clients of 2025's protocol cancel a call with a second request, and each request is served
 * on its own. What ties the two together is a session id that is handed out at the start and needed for
 * nothing else: a server that has restarted goes on serving those who hold an old one.
 */
export class Cancellations {
  readonly #running = new Map<string, AbortController>();

  /** A signal for a call of a session, besides that of its own request; `done` forgets it. */
  track(session: string, id: string | number, outer: AbortSignal) {
    const key = keyOf(session, id);
    const mine = new AbortController();
    this.#running.set(key, mine);
    return {
      signal: AbortSignal.any([mine.signal, outer]),
      done: () => {
        if (this.#running.get(key) === mine) this.#running.delete(key);
      },
    };
  }

  cancel(session: string, id: string | number): void {
    this.#running.get(keyOf(session, id))?.abort();
  }
}

function keyOf(session: string, id: string | number): string {
  return JSON.stringify([session, id]);
}
