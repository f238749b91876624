/** A package that one command needs and the others do not. */

/** @throws Error that says how to install it */
export async function needed<T>(name: string, command: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error(`polycall ${command} needs a package more: npm install ${name}`, {
      cause: error,
    });
  }
}
