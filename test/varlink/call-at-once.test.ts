import { describe, expect, it } from "vitest";
import type { UnixConnection } from "../../src/platform/unix-connection.ts";
import { callAtOnce } from "../../src/varlink/call-at-once.ts";

const path = "/run/service";
const failure = (kind: string, reason: string) =>
  expect.objectContaining({ name: "VarlinkCallFailed", kind, message: `Cannot ask '${path}': ${reason}` });

function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** What reading gives in turn: bytes, an end, nothing now, or an errno; the last of them again and again. */
type Read = string | Buffer | Error | typeof end | typeof nothing;
const end = Symbol("end");
const nothing = Symbol("nothing now");

/** A connection that plays a service; `written` is what it was sent. */
function fake(...reads: readonly Read[]) {
  const left = [...reads];
  const seen = { written: "", closed: 0, waits: [] as number[] };
  const connection: UnixConnection = {
    // A kernel may take a part.
    write(bytes) {
      const part = bytes.subarray(0, 20);
      seen.written += Buffer.from(part).toString();
      return part.length;
    },
    read(into) {
      const next = left.length > 1 ? left.shift() : left[0];
      if (next === undefined || typeof next === "symbol") return next === end ? 0 : null;
      if (next instanceof Error) throw next;
      return Buffer.from(next).copy(into);
    },
    wait: (milliseconds) => void seen.waits.push(milliseconds),
    close: () => void seen.closed++,
  };
  return { seen, connect: () => connection };
}

function outcome(service: ReturnType<typeof fake>, options = {}): unknown {
  try {
    return callAtOnce(service.connect, path, "a.b.C", options);
  } catch (error) {
    return error;
  } finally {
    expect(service.seen.closed).toBe(1);
  }
}

describe("callAtOnce", () => {
  it("writes the call whole, and returns the parameters of the reply, however its bytes come", () => {
    const whole = fake('{"parameters":{"text":"é"}}\0');
    expect(outcome(whole)).toEqual({ text: "é" });
    expect(whole.seen.written).toBe('{"method":"a.b.C"}\0');
    const bytes = [...Buffer.from('{"parameters":{"text":"é"}}\0')].map((byte) => Buffer.of(byte));
    expect(outcome(fake(nothing, ...bytes))).toEqual({ text: "é" });
    const large = "x".repeat(60_000);
    expect(outcome(fake('{"parameters":{"text":"', large, large, large, '"}}\0'))).toEqual({ text: large.repeat(3) });
  });

  it("throws the error that the service answers", () => {
    expect(outcome(fake('{"error":"a.b.Refused","parameters":{"reason":"asked to"}}\0'))).toMatchObject({
      name: "VarlinkError",
      id: "a.b.Refused",
      parameters: { reason: "asked to" },
    });
  });

  it.each([
    ["ENOENT", "not-running", "ENOENT"],
    ["ECONNREFUSED", "not-running", "ECONNREFUSED"],
    ["EACCES", "denied", "permission denied (EACCES)"],
    ["EAGAIN", "busy", "EAGAIN"],
    ["EMFILE", "failed", "too many open files (EMFILE)"],
  ])("reports by its errno why it cannot connect: %s", (code, kind, reason) => {
    const refuse = (): never => {
      throw errno(code);
    };
    expect(() => callAtOnce(refuse, path, "a.b.C")).toThrow(failure(kind, reason));
  });

  it("reports that the service went before it answered", () => {
    const gone = failure("closed", "the service hung up before its last reply");
    expect(outcome(fake(end))).toEqual(gone);
    expect(outcome(fake('{"parameters":', end))).toEqual(gone);
    expect(outcome(fake(errno("ECONNRESET")))).toEqual(failure("closed", "ECONNRESET"));
  });

  it("waits no longer than its time limit, even if bytes keep coming", () => {
    const silent = fake(nothing);
    expect(outcome(silent, { timeoutMilliseconds: 30 })).toEqual(failure("timed-out", "no answer within 30 ms"));
    expect(outcome(fake(" "), { timeoutMilliseconds: 30 })).toEqual(failure("timed-out", "no answer within 30 ms"));
    for (const wait of silent.seen.waits) expect(wait > 0 && wait <= 30).toBe(true);
  });

  it.each([
    ["nothing", "\0"],
    ["an array", "[]\0"],
    ["no JSON", "nonsense\0"],
    ["an error that is no string", '{"error":1}\0'],
    ["the promise of more", '{"continues":true}\0'],
    ["an unknown member", '{"surprise":1}\0'],
  ])("refuses an answer that is %s", (_name, answer) => {
    expect(outcome(fake(answer))).toEqual(failure("bad-answer", "the reply is not a Varlink reply"));
  });

  it("reads no more than its limit of bytes", () => {
    const flood = fake(Buffer.alloc(65_536, "x"));
    expect(outcome(flood, { maxBytes: 1_000_000 })).toEqual(failure("bad-answer", "the reply is larger than allowed"));
    expect(flood.seen.waits.length).toBeLessThan(20);
  });

  it("hides no defect behind a failure of the service", () => {
    const broken = fake(new TypeError("broken"));
    expect(outcome(broken)).toEqual(new TypeError("broken"));
  });
});
