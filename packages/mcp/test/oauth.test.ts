/** A sign-in from end to end, against an authorisation server on loopback: discovery, registration, PKCE, refresh. */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { tool } from "@polycall/core";
import { finishMcpAuth, McpAuthorizationError, mcp, serveMcp } from "@polycall/mcp";
import { expect, test } from "vitest";
import * as z from "zod";
import { call, listen } from "./support.ts";

const redirect = "http://127.0.0.1:9/callback";

/** An authorisation server that a public client registers with and that insists on PKCE. */
async function authorisationServer(resource: () => string) {
  const log: string[] = [];
  const clients = new Set<string>();
  const codes = new Map<string, { challenge: string; client: string }>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  let issuer = "";
  const server = await listen(async (req, res) => {
    const url = new URL(req.url!, issuer);
    let body = "";
    for await (const chunk of req) body += chunk;
    const json = (status: number, value: object) => {
      res.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
      res.end(JSON.stringify(value));
    };
    const granted = () => {
      const tokens = { access_token: randomUUID(), refresh_token: randomUUID() };
      access.add(tokens.access_token);
      refresh.add(tokens.refresh_token);
      json(200, { ...tokens, token_type: "Bearer", expires_in: 3600 });
    };
    if (url.pathname === "/.well-known/oauth-authorization-server") {
      return json(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        registration_endpoint: `${issuer}/register`,
        response_types_supported: ["code"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        authorization_response_iss_parameter_supported: true,
      });
    }
    if (url.pathname === "/register") {
      const metadata = JSON.parse(body);
      const client_id = randomUUID();
      clients.add(client_id);
      log.push(`register ${metadata.client_name}`);
      return json(201, { ...metadata, client_id });
    }
    if (url.pathname === "/authorize") {
      const asked = Object.fromEntries(url.searchParams);
      const isGood =
        clients.has(asked.client_id!) &&
        asked.response_type === "code" &&
        asked.redirect_uri === redirect &&
        asked.code_challenge_method === "S256" &&
        asked.resource === resource();
      log.push(isGood ? "authorize" : `authorize: refused ${url.search}`);
      if (!isGood) return json(400, { error: "invalid_request" });
      const back = new URL(redirect);
      const code = randomUUID();
      codes.set(code, { challenge: asked.code_challenge!, client: asked.client_id! });
      back.search = `${new URLSearchParams({ code, state: asked.state!, iss: issuer })}`;
      return void res.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname === "/token") {
      const asked = Object.fromEntries(new URLSearchParams(body));
      log.push(`token ${asked.grant_type}`);
      if (asked.grant_type === "refresh_token") {
        if (!refresh.delete(asked.refresh_token!)) return json(400, { error: "invalid_grant" });
        return granted();
      }
      const code = codes.get(asked.code!);
      codes.delete(asked.code!);
      const challenge = createHash("sha256").update(asked.code_verifier!).digest("base64url");
      if (code?.challenge !== challenge || code.client !== asked.client_id)
        return json(400, { error: "invalid_grant", error_description: "verifier" });
      return granted();
    }
    json(404, { error: "not_found" });
  });
  issuer = `http://127.0.0.1:${server.port}`;
  return { ...server, issuer, log, access, refresh };
}

/** A server that wants a token, beside the authorisation server that gives them. */
async function protectedServer() {
  let url = "";
  const authorisation = await authorisationServer(() => url);
  const double = tool({
    name: "double",
    parameters: z.object({ n: z.number() }),
    execute: ({ n }) => String(2 * n),
  });
  const service = serveMcp({ name: "s", tools: [double] });
  const http = await listen((req: IncomingMessage, res: ServerResponse) => {
    const metadata = new URL("/.well-known/oauth-protected-resource/mcp", url);
    if (req.url === metadata.pathname) {
      res.writeHead(200, { "content-type": "application/json" });
      const authorization_servers = [authorisation.issuer];
      return void res.end(JSON.stringify({ resource: url, authorization_servers }));
    }
    const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? "")?.[1];
    if (token && authorisation.access.has(token)) return void service.node(req, res);
    const challenge = `Bearer resource_metadata="${metadata.href}"`;
    res.writeHead(401, { "www-authenticate": challenge }).end();
  });
  url = http.url;
  return {
    url,
    ...{ log: authorisation.log, access: authorisation.access, refresh: authorisation.refresh },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await authorisation[Symbol.asyncDispose]();
    },
  };
}

/** What an app keeps of a sign-in, and where it sends its user. */
function client() {
  const kept: {
    client?: StoredOAuthClientInformation;
    tokens?: StoredOAuthTokens;
    verifier?: string;
    sentTo?: URL;
    discovery?: OAuthDiscoveryState;
  } = {};
  const authProvider: OAuthClientProvider = {
    redirectUrl: redirect,
    clientMetadata: {
      client_name: "polycall test",
      redirect_uris: [redirect],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    state: () => "state-1",
    clientInformation: () => kept.client,
    saveClientInformation: (information) => {
      kept.client = information;
    },
    tokens: () => kept.tokens,
    saveTokens: (tokens) => {
      kept.tokens = tokens;
    },
    redirectToAuthorization: (url) => {
      kept.sentTo = url;
    },
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier!,
    saveDiscoveryState: (discovery) => {
      kept.discovery = discovery;
    },
    discoveryState: () => kept.discovery,
    invalidateCredentials: (scope) => {
      if (scope === "all" || scope === "tokens") kept.tokens = undefined;
    },
  };
  return { kept, authProvider };
}

/** The user, who agrees. */
async function agree(url: URL | undefined): Promise<string> {
  const response = await fetch(url!, { redirect: "manual" });
  await response.text();
  return response.headers.get("location")!;
}

test("discovery, registration, consent, code, token, refresh, and the end of it", async () => {
  await using server = await protectedServer();
  const { kept, authProvider } = client();
  const options = { name: "s", url: server.url, authProvider };

  const refused = mcp(options);
  await expect(refused).rejects.toThrow(McpAuthorizationError);
  await expect(refused).rejects.toMatchObject({ server: "s", transport: server.url, status: 401 });
  await expect(refused).rejects.toThrow(/call finishMcpAuth\(\)/);
  expect(server.log).toEqual(["register polycall test"]);
  expect(kept.sentTo!.searchParams.get("code_challenge_method")).toBe("S256");

  await finishMcpAuth(options, await agree(kept.sentTo), { state: "state-1" });
  expect(server.log.slice(-2)).toEqual(["authorize", "token authorization_code"]);

  await using connected = await mcp(options);
  const tools = await connected.tools();
  expect(await call(tools, "s__double", { n: 21 })).toBe("42");

  // The token runs out: it is renewed within the call, once, and the call runs once.
  server.access.clear();
  expect(await call(tools, "s__double", { n: 4 })).toBe("8");
  expect(server.log.filter((one) => one === "token refresh_token")).toHaveLength(1);

  // The grant itself is withdrawn: the user is asked again.
  server.access.clear();
  server.refresh.clear();
  kept.sentTo = undefined;
  const over = call(tools, "s__double", { n: 4 });
  await expect(over).rejects.toThrow(McpAuthorizationError);
  expect(kept.sentTo).toBeInstanceOf(URL);
  await finishMcpAuth(options, new URL(await agree(kept.sentTo)).searchParams);
  expect(await call(tools, "s__double", { n: 5 })).toBe("10");
});

test("a code that another has asked for, another sign-in's state, and a user who declines", async () => {
  await using server = await protectedServer();
  const { kept, authProvider } = client();
  const options = { name: "s", url: server.url, authProvider };
  await mcp(options).catch(() => {});
  const back = await agree(kept.sentTo);

  const mixed = finishMcpAuth(options, back, { state: "state-2" });
  await expect(mixed).rejects.toThrow(/its state is another/);

  const verifier = kept.verifier;
  kept.verifier = "x".repeat(43);
  const stolen = finishMcpAuth(options, back);
  await expect(stolen).rejects.toThrow(McpAuthorizationError);
  await expect(stolen).rejects.toThrow(/did not succeed/);
  kept.verifier = verifier;

  const iss = new URL(back).searchParams.get("iss")!;
  const declined = `${redirect}?error=access_denied&state=state-1&iss=${encodeURIComponent(iss)}`;
  await expect(finishMcpAuth(options, declined)).rejects.toThrow(McpAuthorizationError);
  await expect(finishMcpAuth(options, "code=1")).rejects.toThrow(/the whole address/);
  expect(kept.tokens).toBeUndefined();
});

test("a token of one's own is enough", async () => {
  await using server = await protectedServer();
  server.access.add("mine");
  const authProvider = { token: async () => "mine" };
  await using connected = await mcp({ name: "s", url: server.url, authProvider });
  expect(await call(await connected.tools(), "s__double", { n: 1 })).toBe("2");
  server.access.clear();
  const refused = call(await connected.tools(), "s__double", { n: 1 });
  await expect(refused).rejects.toThrow(McpAuthorizationError);
});
