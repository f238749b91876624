/** Recordings come over loopback byte for byte, however they are split. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type Interaction, serveRecording, sharedData, wireData } from "../src/index.ts";

const recorded = (body: object): Interaction => ({
  request: { method: "POST", url: "https://example.com/v1/x", headers: {}, body: null },
  response: { status: 200, headers: { "content-type": "text/event-stream" }, ...body },
});

test("serves status, headers and body, in order, the last one again", async () => {
  await using served = await serveRecording([
    { ...recorded({ body: "first", status: 429, headers: { "retry-after": "3" } }) },
    recorded({ body: "second" }),
  ]);
  const first = await fetch(`${served.url}/any/path?x=1`, { method: "POST", body: '{"a":1}' });
  expect([first.status, first.headers.get("retry-after"), await first.text()]).toEqual([
    429,
    "3",
    "first",
  ]);
  expect(await (await fetch(served.url)).text()).toBe("second");
  expect(await (await fetch(served.url)).text()).toBe("second");
  expect(served.requests[0]).toMatchObject({
    method: "POST",
    path: "/any/path?x=1",
    body: { a: 1 },
  });
});

test.each([1, 2, 3])("splits without changing a byte (seed %i)", async (splitSeed) => {
  const bytes = Buffer.from([0xff, 0x00, 0xe2, 0x82, 0xac, ...Buffer.from("€uro ".repeat(50))]);
  const interaction = recorded({ bodyBase64: bytes.toString("base64") });
  await using served = await serveRecording(interaction, { splitSeed, maxPiece: 7 });
  const response = await fetch(served.url);
  const reader = response.body!.getReader();
  const parts: Uint8Array[] = [];
  for (let r = await reader.read(); !r.done; r = await reader.read()) parts.push(r.value);
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  expect(parts.length).toBeGreaterThan(5);
});

test("refuses to serve nothing", async () => {
  await expect(serveRecording([])).rejects.toThrow("no interaction");
});

describe("the shared data folder", () => {
  test("is read from POLYCALL_DATA", () => {
    const root = mkdtempSync(join(tmpdir(), "polycall-"));
    vi.stubEnv("POLYCALL_DATA", root);
    expect(() => sharedData("wire")).toThrow(/POLYCALL_DATA is set to .* no folder "wire"/);
    writeFileSync(join(root, "wire"), "");
    expect(sharedData("wire")).toBe(join(root, "wire"));
  });

  test("missing beside the repository, it is told once and left out", () => {
    const told: string[] = [];
    vi.stubEnv("POLYCALL_DATA", undefined);
    vi.spyOn(process, "cwd").mockReturnValue(mkdtempSync(join(tmpdir(), "polycall-")));
    vi.spyOn(process.stderr, "write").mockImplementation((line) => told.push(String(line)) > 0);
    expect([sharedData("nothing-here"), sharedData("nothing-here")]).toEqual([
      undefined,
      undefined,
    ]);
    expect(told).toEqual([expect.stringContaining('SKIPPED: no shared data "nothing-here"')]);
  });

  const data = wireData();
  test.skipIf(!data)("lists and reads the recordings", () => {
    const files = data!.list();
    expect(files.length).toBeGreaterThan(500);
    expect(files).not.toContain("index.json");
    expect(data!.read(files[0]!).interactions[0]?.response.status).toBeTypeOf("number");
  });
});
