import { type BootRecord, bootsSchema } from "../core/boot-record.ts";
import { version } from "../core/base/version.ts";
import {
  type DocumentStart,
  documentStart,
  documentStartBytes,
  recordsIn,
  recordsInPage,
} from "../parse/log/boots-document.ts";
import { LogUnreadable, quoted } from "../sources/log/log-input.ts";
import { complain } from "./print.ts";

/** A larger document is not read: 500 boots with all lists full are less. */
const mostBytes = 256 << 20;

/**
 * Divides input into boot records that crngwatch saved, as a page of `--format html` or as JSON, which are kept, and
 * any other, which is handed on as it comes.
 */
export class SavedRecords {
  readonly #other: (chunk: Buffer) => void;
  readonly #name: string;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Undefined: not known yet. */
  #start: DocumentStart | null | undefined;

  constructor(name: string, other: (chunk: Buffer) => void) {
    this.#name = quoted(name);
    this.#other = other;
  }

  /** Throws LogUnreadable where the document is too large. */
  push(chunk: Buffer): void {
    if (this.#start === null) return this.#other(chunk);
    // Copied: its buffer is used again.
    this.#chunks.push(Buffer.from(chunk));
    this.#bytes += chunk.length;
    if (this.#start === undefined && this.#bytes >= documentStartBytes) this.#decide();
    else if (this.#bytes > mostBytes)
      throw new LogUnreadable(`${this.#name} is larger than ${mostBytes >> 20} MiB: it was not read`);
  }

  #decide(): void {
    const head = Buffer.concat(this.#chunks);
    this.#start = documentStart(head.toString("latin1", 0, documentStartBytes));
    if (this.#start === null) this.#handOn();
  }

  #handOn(): void {
    const chunks = this.#chunks;
    [this.#chunks, this.#start] = [[], null];
    for (const chunk of chunks) this.#other(chunk);
  }

  /**
   * The saved records; null where the input is none. Throws LogUnreadable where they are damaged or of another kind.
   */
  end(): readonly BootRecord[] | null {
    if (this.#start === undefined) this.#decide();
    const start = this.#start ?? null;
    if (start === null) return null;
    if (start.schema !== null && start.schema !== bootsSchema) throw this.#otherSchema(start.schema);
    const text = Buffer.concat(this.#chunks).toString("utf8");
    const records = start.form === "page" ? recordsInPage(text) : recordsIn(text);
    if (records === null) {
      if (start.schema !== null)
        throw new LogUnreadable(`${this.#name} holds no whole boot record: save it again from the machine it is of`);
      this.#handOn();
      return null;
    }
    if (records.length === 0) throw new LogUnreadable(`${this.#name} holds no boot: its list of boots is empty`);
    const wrong = records.flatMap((record) => record.wrong ?? []);
    if (wrong.length > 0) complain(`${this.#name} was changed: left out what is not valid: ${wrong.join("; ")}`);
    return records.map(({ record }) => record);
  }

  #otherSchema(schema: string): LogUnreadable {
    const [kind] = schema.split("/");
    const [known] = bootsSchema.split("/");
    const reads = `crngwatch ${version} reads '${bootsSchema}'`;
    return new LogUnreadable(
      kind === known
        ? `${this.#name} has the schema '${schema}', and ${reads}: use the version of crngwatch that wrote it`
        : `${this.#name} has the schema '${schema}', which holds no boot records: ${reads}`,
    );
  }
}
