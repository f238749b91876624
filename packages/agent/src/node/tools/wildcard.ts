/** File names by a pattern with "*" and "?", in time that no pattern makes long. Pure. */

/** Whether a name fits, whatever its case. */
export function wildcard(pattern: string): (name: string) => boolean {
  const wanted = [...pattern.toLowerCase()];
  return (name) => {
    const given = [...name.toLowerCase()];
    let [at, here] = [0, 0];
    // The last "*" and where it ended: the only place to go back to.
    let [star, ended] = [-1, 0];
    while (here < given.length) {
      if (wanted[at] === "*") {
        star = at++;
        ended = here;
      } else if (at < wanted.length && (wanted[at] === "?" || wanted[at] === given[here])) {
        at++;
        here++;
      } else if (star >= 0) {
        at = star + 1;
        here = ++ended;
      } else return false;
    }
    while (wanted[at] === "*") at++;
    return at === wanted.length;
  };
}
