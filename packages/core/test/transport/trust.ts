/** Trust in certificates for one test, on every Node (tls.setDefaultCACertificates came with 22.19). */
import tls from "node:tls";
import { vi } from "vitest";

const create = tls.createSecureContext;

/** Connections made from now on, until mocks are restored, trust these authorities and no others. */
export function trust(...authorities: string[]): void {
  vi.spyOn(tls, "createSecureContext").mockImplementation((options) =>
    create({ ...options, ca: authorities }),
  );
}
