import type { Call } from "./interface.ts";
import { VarlinkError } from "./errors.ts";
import { formatReply, type CallMessage, type ReplyMessage, type VarlinkObject } from "./message.ts";
import { mostMessageBytes } from "./framing.ts";
import type { Service } from "./service.ts";

/** What an exchange needs of its connection. */
export interface ExchangePort {
  /** False if the client was dropped. */
  send(message: Buffer): boolean;
  /** The call is over, the next one may run. */
  ended(): void;
  /** The method failed in a way that has no Varlink reply; the client must not wait for one. */
  failed(method: string, cause: unknown): void;
}

/** One call on one connection, from its message to its last reply. */
export class Exchange implements Call {
  readonly more: boolean;
  readonly #message: CallMessage;
  readonly #port: ExchangePort;
  #controller: AbortController | null = null;
  #state: "open" | "ended" | "abandoned" = "open";

  constructor(message: CallMessage, port: ExchangePort) {
    this.more = message.mode === "more";
    this.#message = message;
    this.#port = port;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#state !== "open") this.#controller.abort();
    return this.#controller.signal;
  }

  /** Runs the method. What it replies at once is sent before this returns. */
  async run(service: Service): Promise<void> {
    try {
      await service.invoke(this.#message, this);
    } catch (error) {
      this.#refuse(error);
    }
    if (this.#message.mode === "oneway" && this.#state === "open") this.#end();
  }

  reply(parameters: VarlinkObject = {}, options: { readonly continues?: boolean } = {}): boolean {
    if (this.#state === "abandoned") return false;
    const continues = options.continues ?? false;
    if (this.#state === "ended" || (continues && !this.more)) {
      this.#fail(
        new Error(continues ? "It replied with 'continues' to a client that takes one reply" : "It replied twice"),
      );
      return false;
    }
    return this.#send({ parameters, continues, error: null });
  }

  /** The client is gone, or the service stops: nothing is sent any more. */
  abandon(): void {
    if (this.#state === "open") {
      this.#state = "abandoned";
      this.#controller?.abort();
    }
  }

  #refuse(error: unknown): void {
    if (this.#state === "abandoned") {
      // No caller waits for the answer; most likely this is the method's own end because of `signal`.
      return;
    }
    if (error instanceof VarlinkError && this.#state === "open") {
      this.#send({ parameters: error.parameters, continues: false, error: error.id });
    } else {
      this.#fail(error);
    }
  }

  #send(reply: ReplyMessage): boolean {
    if (this.#message.mode !== "oneway" && !this.#write(reply)) return false;
    if (!reply.continues) this.#end();
    return true;
  }

  #write(reply: ReplyMessage): boolean {
    let message: Buffer;
    try {
      message = formatReply(reply);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    if (message.length > mostMessageBytes) {
      this.#fail(new RangeError(`Its reply has ${message.length} bytes, at most ${mostMessageBytes} are readable`));
      return false;
    }
    return this.#port.send(message);
  }

  #end(): void {
    this.#state = "ended";
    this.#controller?.abort();
    this.#port.ended();
  }

  #fail(cause: unknown): void {
    this.abandon();
    this.#port.failed(this.#message.method, cause);
  }
}
