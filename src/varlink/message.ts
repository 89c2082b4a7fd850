import { isJsonObject, jsonIn, type JsonObject } from "../core/base/json.ts";
import { isUtf8 } from "../platform/builtins.ts";

/** A JSON object as it came from, or goes to, the other side. */
export type VarlinkObject = JsonObject;

/**
 * How a call is to be answered: once, not at all, possibly many times, or by giving the connection to another
 * protocol.
 */
export type CallMode = "plain" | "oneway" | "more" | "upgrade";

export interface CallMessage {
  /** Qualified name, `interface.Method`. */
  readonly method: string;
  readonly parameters: VarlinkObject;
  readonly mode: CallMode;
}

export interface ReplyMessage {
  readonly parameters: VarlinkObject;
  /** More replies to the same call follow. */
  readonly continues: boolean;
  /** Qualified name of the error; null: it is none. */
  readonly error: string | null;
}

const flags = ["oneway", "more", "upgrade"] as const;
const callMembers: ReadonlySet<string> = new Set(["method", "parameters", ...flags]);
const replyMembers: ReadonlySet<string> = new Set(["parameters", "continues", "error"]);

/**
 * Reads a call; null: it is malformed: there is no reply to such a message, the connection is to be closed
 * (UAPI.20, "Connection Lifecycle", and what varlink_dispatch_method() in systemd's sd-varlink.c does).
 */
export function parseCall(bytes: Buffer): CallMessage | null {
  const message = parseObject(bytes, callMembers);
  const parameters = message === null ? null : parametersOf(message);
  if (parameters === null || typeof message?.["method"] !== "string") return null;
  if (!flags.every((flag) => isFlag(message[flag]))) return null;
  const [mode = "plain", second] = flags.filter((flag) => message[flag] === true);
  return second === undefined ? { method: message["method"], parameters, mode } : null;
}

/** Reads a reply; null: it is malformed. */
export function parseReply(bytes: Buffer): ReplyMessage | null {
  const message = parseObject(bytes, replyMembers);
  const parameters = message === null ? null : parametersOf(message);
  if (message === null || parameters === null || !isFlag(message["continues"])) return null;
  const error = message["error"] ?? null;
  const continues = message["continues"] === true;
  if ((error !== null && typeof error !== "string") || (error !== null && continues)) return null;
  return { parameters, continues, error };
}

/** A call's bytes with the final NUL. */
export function formatCall(call: CallMessage): Buffer {
  const flag = call.mode === "plain" ? {} : { [call.mode]: true };
  return format({ method: call.method, ...parametersMember(call.parameters), ...flag });
}

/**
 * A reply's bytes with the final NUL; of frozen parameters they are formatted, and kept in memory, once. Throws what
 * `JSON.stringify` throws on a value that is not JSON.
 */
export function formatReply(reply: ReplyMessage): Buffer {
  const { parameters, continues, error } = reply;
  if (error !== null) return format({ error, ...parametersMember(parameters) });
  if (continues) return format({ ...parametersMember(parameters), continues: true });
  const known = lastReplies.get(parameters);
  if (known !== undefined) return known;
  const bytes = format(parametersMember(parameters));
  if (Object.isFrozen(parameters)) lastReplies.set(parameters, bytes);
  return bytes;
}

/** Last replies by their parameters, as long as these are in use. */
const lastReplies = new WeakMap<VarlinkObject, Buffer>();

function format(message: VarlinkObject): Buffer {
  const text = JSON.stringify(message);
  return Buffer.from(`${mayBeRefused.test(text) ? accepted(text) : text}\0`, "utf8");
}

function accepted(text: string): string {
  return text.replace(refused, (found) => (isPlainEscape(found) ? found : replacement));
}

/** Most messages hold nothing of the kind. */
const mayBeRefused = /[\\\u0080-\uffff]/;

/**
 * What systemd's sd-json refuses a whole message for, though JSON has it: NUL, half a surrogate pair, code points that
 * are no characters. So one process of such a name would hide all others from varlinkctl. JSON.stringify() escapes the
 * first two; other escapes are found to be passed over. The last are listed: for \p{Noncharacter_Code_Point} V8 builds
 * Unicode's tables when it parses this file, 1 ms of a start.
 */
const refused =
  /\\(?:u0000|ud[89a-f][\da-f]{2}|[^u])|[\ufdd0-\ufdef\ufffe\uffff]|[\ud83f\ud87f\ud8bf\ud8ff\ud93f\ud97f\ud9bf\ud9ff\uda3f\uda7f\udabf\udaff\udb3f\udb7f\udbbf\udbff][\udffe\udfff]/g;
const replacement = "\ufffd";

function isPlainEscape(found: string): boolean {
  return found.length === 2 && found.startsWith("\\");
}

/** No parameters are left out: `{}`, null and absent mean the same, absent is preferred (UAPI.20, "Call"). */
function parametersMember(parameters: VarlinkObject): VarlinkObject {
  return Object.keys(parameters).length === 0 ? {} : { parameters };
}

function parametersOf(message: VarlinkObject): VarlinkObject | null {
  const parameters = message["parameters"] ?? {};
  return isJsonObject(parameters) ? parameters : null;
}

function isFlag(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "boolean";
}

/**
 * An unknown member may change what a message means, so it is refused, unless its name says that it is a vendor's own.
 */
function parseObject(bytes: Buffer, members: ReadonlySet<string>): VarlinkObject | null {
  const value = isUtf8(bytes) ? jsonIn(bytes.toString("utf8")) : undefined;
  return isJsonObject(value) && Object.keys(value).every((name) => members.has(name) || name.includes("."))
    ? value
    : null;
}
