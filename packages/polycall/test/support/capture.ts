/** A loopback server that keeps every byte it is sent and gives one answer to all. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Captured {
  url: string;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: string;
}

/** Starts one for this test. `answer` may be changed between calls. */
export async function capture(answer: Answer) {
  const requests: Captured[] = [];
  const now = { answer };
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (piece) => {
      text += piece;
    });
    request.on("end", () => {
      requests.push({ url: request.url ?? "", headers: request.headers, text });
      const { status = 200, headers = { "content-type": "application/json" }, body } = now.answer;
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests, now };
}
