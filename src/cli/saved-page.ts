import type { BootRecord } from "../core/boot-record.ts";
import { pageStart } from "../core/page-marks.ts";
import { recordsInPage } from "../parse/log/boots-document.ts";
import { LogUnreadable } from "../sources/log/log-input.ts";
import { complain } from "./print.ts";

/** A larger page is not read: 500 boots with all lists full are less. */
const mostBytes = 256 << 20;

/** Divides input into a page of `--format html`, which is kept, and any other, which is handed on as it comes. */
export class SavedPage {
  readonly #other: (chunk: Buffer) => void;
  readonly #name: string;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isPage: boolean | null = null;

  /** `name`: the input's, escaped. */
  constructor(name: string, other: (chunk: Buffer) => void) {
    this.#name = name;
    this.#other = other;
  }

  /** Throws LogUnreadable where the page is too large. */
  push(chunk: Buffer): void {
    if (this.#isPage === false) return this.#other(chunk);
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > mostBytes)
      throw new LogUnreadable(`Page '${this.#name}' is larger than ${mostBytes >> 20} MiB: it was not read`);
    if (this.#isPage === null && this.#bytes >= pageStart.length) this.#decide();
  }

  #decide(): void {
    const head = Buffer.concat(this.#chunks);
    this.#isPage = head.toString("latin1", 0, pageStart.length) === pageStart;
    this.#chunks = this.#isPage ? [head] : [];
    if (!this.#isPage) this.#other(head);
  }

  /** The records of the page; null where the input is none. Throws LogUnreadable where they are damaged. */
  end(): readonly BootRecord[] | null {
    if (this.#isPage === null) this.#decide();
    if (this.#isPage !== true) return null;
    const records = recordsInPage(Buffer.concat(this.#chunks).toString("utf8"));
    if (records === null)
      throw new LogUnreadable(
        `Page '${this.#name}' holds no whole boot record: save it again from the machine it is of`,
      );
    const wrong = records.flatMap((record) => record.wrong ?? []);
    if (wrong.length > 0) complain(`Page '${this.#name}' was changed: left out what is not valid: ${wrong.join("; ")}`);
    return records.map(({ record }) => record);
  }
}
