/** The scenario as a Worker: providers in, the report out. */
import { scenario } from "./scenario.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await scenario(await request.json()));
  },
};
