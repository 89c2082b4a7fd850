import type { JsonObject } from "../../../core/base/json.ts";
import { type JournalFields, journalFieldNames } from "./journal-entry.ts";
import { fieldsOf, isEntry, objectIn, wrappedText } from "./journal-json.ts";

/** An entry that takes several lines, and the one on which its message starts. */
export type Block =
  | { readonly kind: "entry"; readonly fields: JournalFields; readonly line: number }
  /** A text that a collector of logs put into an object. */
  | { readonly kind: "wrapped"; readonly text: string; readonly line: number }
  /** A record of `dmesg --json`. */
  | {
      readonly kind: "record";
      readonly priority: number;
      readonly at: number | null;
      readonly text: string;
      readonly line: number;
    };

/** An entry has at most this many lines and characters; what is longer is none. */
const [mostLines, mostCharacters] = [512, 1 << 18];

// oxlint-disable-next-line no-control-regex -- json-seq puts a record separator in front (RFC 7464)
const objectStart = /^[\s,[\x1e]*(?:data: )?\{\s*$/;
/** A member of an object as they print it: with its name, an array of bytes and its ends, or a string of one. */
const objectLine = /^\s*(?:"[^"]*"\s*:|\[\s*$|\],?\s*$|-?\d+,?\s*$|")/;
const messageField = /^\s*"(?:MESSAGE|msg|message|log|line|Output|textPayload)"\s*:/;
/** `journalctl -o verbose` starts an entry with its time and its cursor. */
const verboseStart = /^\S+ \d{4}-\d\d-\d\d [\d:.]+ \S+ \[s=[0-9a-f]+;.*;m=([0-9a-f]{1,16});(?:t=([0-9a-f]{1,16});)?/;
const verboseField = /^ {4}([A-Z_][A-Z0-9_]*)=(.*)$/s;

/**
 * Puts entries together that are printed over several lines: `journalctl -o json-pretty` and `verbose`, `dmesg --json`.
 */
export class EntryBlocks {
  readonly #visit: (block: Block) => void;
  #object: string[] | null = null;
  #characters = 0;
  #fields: Record<string, string> | null = null;
  #line = 0;

  constructor(visit: (block: Block) => void) {
    this.#visit = visit;
  }

  /** Takes a line; false where it belongs to no such entry. */
  take(raw: string, number: number): boolean {
    // Within dmesg's one object each record is another.
    if (objectStart.test(raw)) {
      this.end();
      return this.#startObject(number);
    }
    if (this.#object !== null) return this.#takeObject(raw, number);
    const start = verboseStart.exec(raw);
    if (start === null) return this.#takeField(raw, number);
    this.end();
    const [, monotonic = "", realtime] = start;
    this.#fields = { __MONOTONIC_TIMESTAMP: String(Number.parseInt(monotonic, 16)) };
    if (realtime !== undefined) this.#fields["__REALTIME_TIMESTAMP"] = String(Number.parseInt(realtime, 16));
    this.#line = number;
    return true;
  }

  /** What follows is no part of the last entry, or the input is at its end. */
  end(): void {
    if (this.#fields !== null) this.#visit({ kind: "entry", fields: this.#fields, line: this.#line });
    this.#fields = null;
  }

  #takeObject(raw: string, number: number): boolean {
    const object = this.#object as string[];
    const ends = /^\s*\}/.test(raw);
    // A brace alone may be in any text: what is no member of an object is a line like others.
    if (!ends && !objectLine.test(raw)) {
      this.#object = null;
      return false;
    }
    if (!ends) {
      if (messageField.test(raw)) this.#line = number;
      object.push(raw);
      this.#characters += raw.length;
      if (object.length > mostLines || this.#characters > mostCharacters) this.#object = null;
      return true;
    }
    const value = objectIn(`{${object.join("\n")}}`);
    this.#object = null;
    if (value !== null) this.#visitObject(value);
    // `},{` ends one and starts the next.
    return /^\s*\},\s*\{\s*$/.test(raw) ? this.#startObject(number) : true;
  }

  #startObject(number: number): boolean {
    [this.#object, this.#characters, this.#line] = [[], 0, number];
    return true;
  }

  #visitObject(value: JsonObject): void {
    const { pri, time, msg } = value;
    if (typeof pri === "number" && typeof msg === "string") {
      return this.#visit({
        kind: "record",
        priority: pri,
        at: typeof time === "number" ? time : null,
        text: msg,
        line: this.#line,
      });
    }
    const text = isEntry(value) ? null : wrappedText(value);
    if (text !== null) return this.#visit({ kind: "wrapped", text, line: this.#line });
    // Any other object is of no log: a lock file of npm's, a configuration.
    if (isEntry(value)) this.#visit({ kind: "entry", fields: fieldsOf(value), line: this.#line });
  }

  #takeField(raw: string, number: number): boolean {
    // Further lines of a value stand further right.
    if (this.#fields === null || !raw.startsWith("    ")) {
      this.end();
      return false;
    }
    const [, name = "", value = ""] = verboseField.exec(raw) ?? [];
    if (journalFieldNames.has(name)) this.#fields[name] ??= value;
    if (name === "MESSAGE") this.#line = number;
    return true;
  }
}
