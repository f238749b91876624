/** Pages of a handbook, small enough to be read, for the examples of retrieval. */
export const handbook = [
  {
    source: "leave.md",
    text: `# Leave

Everybody has thirty days of leave a year. What is left of them on the 31st of December is lost.

## Parental leave

After a birth either parent may stay at home for twelve weeks, paid in full. It may be taken in two parts.`,
  },
  {
    source: "dogs.md",
    text: `# Animals

Dogs are welcome in the office from Tuesday to Thursday, as long as nobody in the room minds. Other animals stay
at home.`,
  },
  {
    source: "pay.md",
    text: `# Pay

Salaries are paid on the 25th of each month. Overtime is paid with the salary of the month after.`,
  },
  {
    source: "travel.md",
    text: `# Travel

Trains are booked in second class. Who travels for more than eight hours may fly.`,
  },
];
