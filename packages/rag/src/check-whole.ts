/** Numbers that count something, among the options of a function. */
import { InvalidRequestError } from "@polycall/core";

/**
 * @param of the function's name
 * @param numbers by their options' names; what is not given is not looked at
 * @throws InvalidRequestError for one that is no whole number, or below `least`
 */
export function checkWhole(
  of: string,
  numbers: Readonly<Record<string, number | undefined>>,
  least = 1,
): void {
  for (const [param, value] of Object.entries(numbers)) {
    if (value === undefined || (Number.isInteger(value) && value >= least)) continue;
    throw new InvalidRequestError(
      `${of}(): ${param} must be a whole number from ${least}, not ${value}.`,
      { param },
    );
  }
}
