import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { metricsLimits } from "../../src/exporters/metrics-server.ts";
import { pause } from "../support/running/until.ts";
import { fullRecord, hostileWaits } from "../support/records/full-record.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { type MetricsService, metricsServiceOfTest, serveRecord } from "../support/running/metrics-service.ts";
import { crngwatch, program, run } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";

const missing = whyMissing("systemd-socket-activate");
if (missing !== null) console.warn(`Skipped: ${missing}`);

const open = (port: number): Socket => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
};

/** All that the service answers to these bytes until it closes the connection. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = open(port);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
  socket.write(bytes);
  // Not once(): a reset is an answer too.
  await new Promise((resolve) => socket.once("close", resolve));
  return answer;
}

const request = (line: string, ...headers: readonly string[]): string =>
  [line, "Host: localhost", "Connection: close", ...headers, "", ""].join("\r\n");

describe.skipIf(missing !== null)("crngwatch serve-metrics", () => {
  const start = async (
    options: { readonly idle?: number; readonly starter?: readonly string[] } = {},
  ): Promise<MetricsService> => {
    const { socket, stop } = await serveRecord(temporaryFolder(), () => fullRecord({ waits: hostileWaits() }));
    onTestFinished(stop);
    return await metricsServiceOfTest({ socket, ...options });
  };

  it("answers each request in the requested format", async () => {
    const { port } = await start();
    const asked = await exchange(
      port,
      request("GET /metrics HTTP/1.1", "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5"),
    );
    expect(asked).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(asked).toContain("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n");
    expect(asked).toMatch(/\n# EOF\n$/);
    const plain = await exchange(port, request("GET /metrics?collect[]=all HTTP/1.1"));
    expect(plain).toContain("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
    expect(plain).toContain("\ncrngwatch_ready 1\n");
    expect(plain).toContain("\r\nVary: Accept\r\n");
    const head = await exchange(port, request("HEAD /metrics HTTP/1.1"));
    expect(Number(/\r\nContent-Length: (\d+)\r\n/.exec(head)?.[1])).toBeGreaterThan(2000);
    expect(head).toMatch(/\r\n\r\n$/);
    expect(await exchange(port, request("GET / HTTP/1.1"))).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\ncrngwatch: metrics are at \/metrics\n$/,
    );
    expect(await exchange(port, "GET /metrics HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it.each([
    ["another path", request("GET /metrics/../etc/passwd HTTP/1.1"), 404],
    ["another method", request("DELETE /metrics HTTP/1.1"), 405],
    ["a body", request("POST /metrics HTTP/1.1", "Content-Length: 4") + "a=b\n", 405],
    ["a body with GET", request("GET /metrics HTTP/1.1", "Content-Length: 4") + "a=b\n", 200],
    ["no HTTP", "\u0016\u0003\u0001\u0002\u0000\r\n\r\n", 400],
    ["no Host", "GET /metrics HTTP/1.1\r\n\r\n", 400],
    ["two lengths", request("GET /metrics HTTP/1.1", "Content-Length: 1", "Content-Length: 2"), 400],
    ["a head without end", `GET /${"x".repeat(metricsLimits.headBytes * 2)}`, 431],
    ["a tunnel", request("CONNECT localhost:22 HTTP/1.1"), null],
  ])("to %s it answers so", async (_, bytes, status) => {
    const { port } = await start();
    const answer = await exchange(port, bytes);
    expect(answer === "" ? null : Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])).toBe(status);
    if (status === 405) expect(answer).toContain("\r\nAllow: GET, HEAD\r\n");
  });

  it("cuts off who is slow and who says nothing, and does not wait for a daemon that hangs", async () => {
    const { port } = await start();
    const silent = join(temporaryFolder(), "silent");
    const hanging = createServer().listen(silent);
    onTestFinished(() => void hanging.close());
    const behind = await metricsServiceOfTest({ socket: silent });
    const [refused, ...cut] = await Promise.all([
      exchange(behind.port, request("GET /metrics HTTP/1.1")),
      exchange(port, "GET /metrics HTTP/1.1\r\nHost: local"),
      exchange(port, ""),
    ]);
    for (const answer of cut) expect(answer).toMatch(/^$|^HTTP\/1\.1 408 /);
    expect(refused).toMatch(/^HTTP\/1\.1 503 [^]*no answer within 3000 ms\n$/);
  });

  it("answers scrapes while silent connections hold all places: the one that has been idle longest makes way", async () => {
    const { port } = await start();
    await exchange(port, request("GET / HTTP/1.1"));
    const silent = Array.from({ length: metricsLimits.clients }, () => open(port));
    let closed = 0;
    for (const client of silent) client.once("close", () => (closed += 1));
    await Promise.all(silent.map((client) => once(client, "connect")));
    const first = once(silent[0] as Socket, "close");
    for (let scrape = 0; scrape < 5; scrape++)
      expect(await exchange(port, request("GET /metrics HTTP/1.1"))).toMatch(/^HTTP\/1\.1 200/);
    await first;
    expect(closed).toBe(1);
  });

  it("closes no connection that it is answering, and turns a client away where it is answering all", async () => {
    const silent = join(temporaryFolder(), "silent");
    const asked: Socket[] = [];
    const hanging = createServer((socket) => asked.push(socket)).listen(silent);
    onTestFinished(() => void hanging.close());
    const { port } = await metricsServiceOfTest({ socket: silent });
    const answers = Array.from({ length: metricsLimits.clients }, () =>
      exchange(port, request("GET /metrics HTTP/1.1")),
    );
    while (asked.length < metricsLimits.clients) await pause(10);
    expect(await exchange(port, request("GET / HTTP/1.1"))).toBe("");
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(await exchange(port, request("GET / HTTP/1.1"))).toMatch(/^HTTP\/1\.1 200/);
  });

  it("answers several requests of one connection", async () => {
    const { port } = await start();
    const answer = await exchange(port, `GET / HTTP/1.1\r\nHost: a\r\n\r\n${request("GET /metrics HTTP/1.1")}`);
    expect(answer.match(/^HTTP\/1\.1 200 OK/gm)).toHaveLength(2);
  });

  it("says 503 where no daemon runs", async () => {
    const { port } = await metricsServiceOfTest({ socket: join(temporaryFolder(), "nobody") });
    expect(await exchange(port, request("GET /metrics HTTP/1.1"))).toMatch(
      /^HTTP\/1\.1 503 [^]*\r\n\r\nNo metrics: crngwatch\.service is not running\n$/,
    );
  });

  it("ends when there are no more requests", async () => {
    const { port, ended } = await start({ idle: 1 });
    const kept = open(port);
    kept.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(kept, "data");
    expect(await ended).toBe(0);
  });

  it("ends in order on request", async () => {
    const { port, child, ended } = await start();
    await exchange(port, request("GET / HTTP/1.1"));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("lives in a network of its own, and makes no socket but the one to the daemon", async (context) => {
    const unable = whyMissing("strace", "unshare");
    if (unable !== null) return context.skip(unable);
    const calls = join(temporaryFolder(), "calls");
    // Both stay the process that LISTEN_PID names: strace -D traces from beside.
    const { port, child, ended } = await start({
      starter: ["unshare", "--net", "strace", "-D", "-f", "-e", "trace=socket,connect,bind,accept4", "-o", calls],
    });
    const answer = await exchange(port, request("GET /metrics HTTP/1.1"));
    if (answer === "" && child.exitCode !== null) return context.skip("no right to a network namespace, or to trace");
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    child.kill("SIGTERM");
    await ended;
    await pause(200);
    const lines = readFileSync(calls, "utf8").split("\n");
    const made = lines.filter((line) => / (socket|connect|bind)\(/.test(line));
    expect(made.length).toBeGreaterThan(0);
    for (const line of made) expect(line).toMatch(/ socket\(AF_UNIX|sa_family=AF_UNIX/);
    expect(lines.some((line) => / accept4\(\d+, /.test(line))).toBe(true);
  });
});

it("crngwatch serve-metrics without a socket says how to get one", async () => {
  expect(await crngwatch(["serve-metrics"])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^crngwatch: No socket was passed to this process: start crngwatch-metrics\.socket, [^\n]*\n$/,
    ),
  });
});

it.each([
  ["soon", "Cannot wait 'soon': expected a number of seconds up to 2147483, or a time span such as '2min'"],
  ["0", "Cannot end after 0 s without a request: expected 1 or more"],
])("crngwatch serve-metrics does not take '--idle %s'", async (seconds, said) => {
  const passed = ["-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", program, "serve-metrics", "--idle", seconds];
  expect(await run("sh", passed)).toEqual({ code: 2, stdout: "", stderr: `crngwatch: ${said}\n` });
});
