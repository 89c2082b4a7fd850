import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** The box of an element, in CSS pixels of the page. */
export interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * A headless Chromium, driven by the DevTools protocol over the descriptors 3 and 4 (--remote-debugging-pipe): messages
 * of JSON that end with a zero byte. A library for that would download a browser of its own.
 */
export class Browser {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  readonly #loaded: (() => void)[] = [];
  #next = 1;
  #session: string | null = null;

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
    let rest = "";
    (child.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      const messages = (rest + chunk).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  static async start(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), "crngwatch-chromium-"));
    const child = spawn(
      "chromium",
      ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${profile}`],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    const browser = new Browser(child, profile);
    const { targetId } = (await browser.#call("Target.createTarget", { url: "about:blank" })) as { targetId: string };
    const attached = await browser.#call("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = (attached as { sessionId: string }).sessionId;
    await browser.#call("Page.enable", {});
    return browser;
  }

  /** Opens a file as a window of this width shows it. */
  async open(path: string, width: number, media: Readonly<Record<string, string>> = {}): Promise<void> {
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await this.#call("Emulation.setDeviceMetricsOverride", size);
    const features = Object.entries(media).map(([name, value]) => ({ name, value }));
    await this.#call("Emulation.setEmulatedMedia", { features });
    const loaded = new Promise<void>((resolve) => void this.#loaded.push(resolve));
    await this.#call("Page.navigate", { url: `file://${path}` });
    await loaded;
  }

  /** The value of an expression in the page, which may be any JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const reply = await this.#call("Runtime.evaluate", { expression, returnByValue: true });
    return (reply as { result: { value: T } }).result.value;
  }

  /** The boxes of the elements that a selector names and that are shown. */
  boxes(selector: string): Promise<readonly Box[]> {
    return this.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { text: element.textContent, left, right, top, bottom };
      }).filter(({ left, right }) => right > left)`,
    );
  }

  /** The whole page as a PNG. */
  async screenshot(): Promise<Buffer> {
    const reply = await this.#call("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
    return Buffer.from((reply as { data: string }).data, "base64");
  }

  /** How many pages of paper it prints on. */
  async printedPages(): Promise<number> {
    const reply = await this.#call("Page.printToPDF", { preferCSSPageSize: true });
    const pdf = Buffer.from((reply as { data: string }).data, "base64").toString("latin1");
    return (pdf.match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => void this.#child.once("exit", resolve));
    this.#child.kill();
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 30, retryDelay: 100 });
  }

  #call(method: string, params: object): Promise<unknown> {
    const id = this.#next++;
    const session = this.#session === null ? {} : { sessionId: this.#session };
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (result) => (result instanceof Error ? reject(result) : resolve(result)));
    });
  }

  #take(message: { id?: number; method?: string; result?: unknown; error?: { message: string } }): void {
    if (message.method === "Page.loadEventFired") this.#loaded.splice(0).forEach((loaded) => loaded());
    if (message.id === undefined) return;
    this.#waiting.get(message.id)?.(message.error === undefined ? message.result : new Error(message.error.message));
    this.#waiting.delete(message.id);
  }
}
