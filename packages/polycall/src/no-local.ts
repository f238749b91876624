/** Where there is no Node, and a bundler would look for what is not there: "#local" says how it is had. */
import { InvalidRequestError, type ProviderLoader } from "@polycall/core";

export const local: ProviderLoader = async () => {
  const message =
    'Here no package is loaded on first use. Bring it yourself: registerProvider("local", local), from @polycall/local.';
  throw new InvalidRequestError(message, { param: "model" });
};
