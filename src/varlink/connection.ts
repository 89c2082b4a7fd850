import type { Socket } from "node:net";
import { Exchange } from "./exchange.ts";
import { MessageSplitter } from "./framing.ts";
import { parseCall } from "./message.ts";
import type { Service } from "./service.ts";

export interface ConnectionLimits {
  /** Largest request in bytes, and the most that may wait behind a call in progress. */
  readonly requestBytes: number;
  /** Replies in bytes that may wait for a client, beyond the kernel's socket buffer and one reply. */
  readonly replyBytes: number;
  /** Milliseconds a client may take to send a request, to finish one, or to read its replies. */
  readonly silenceMilliseconds: number;
}

/**
 * Why a client was cut off: it does not speak Varlink, it kept silent, it does not read, it queued too many requests,
 * or its user has too many connections.
 */
export type CutReason = "malformed" | "silent" | "unread" | "queue" | "crowded";

export interface ConnectionEvents {
  cut(reason: CutReason): void;
  /** A reply of this size is about to be written to this client. */
  writing(bytes: number, to: Connection): void;
  methodFailed(method: string, cause: unknown): void;
}

/**
 * One client. Requests are answered one after the other, one each time the event loop comes round; while a call is in
 * progress, or replies wait for the client to read, later requests wait too (UAPI.20, "more"). So a client costs at
 * most the limits, whatever it sends.
 *
 * One timer runs while the next step is the client's, none while it is the service's, as in a stream.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #service: Service;
  readonly #limits: ConnectionLimits;
  readonly #events: ConnectionEvents;
  readonly #splitter: MessageSplitter;
  #exchange: Exchange | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** The next request is answered when the event loop has been round, so that other clients come in between. */
  #turn: NodeJS.Immediate | null = null;
  #advancing = false;
  #halfClosed = false;
  #finished = false;

  /** `socket` must allow half-open connections: a client may close its side and still read. */
  constructor(socket: Socket, service: Service, limits: ConnectionLimits, events: ConnectionEvents) {
    this.#socket = socket;
    this.#service = service;
    this.#limits = limits;
    this.#events = events;
    this.#splitter = new MessageSplitter(limits.requestBytes);
    socket.on("data", (chunk) => this.#received(chunk));
    socket.on("drain", () => this.#drained());
    socket.on("end", () => this.#clientEnded());
    // A client that is gone is ordinary; 'close' follows.
    socket.on("error", () => this.#stop());
    socket.on("close", () => this.#stop());
    this.#awaitClient();
  }

  /** Closes at once. */
  close(): void {
    this.#stop();
    this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    if (this.#finished) return;
    if (this.#splitter.pendingBytes === 0 && this.#exchange === null) this.#awaitClient();
    this.#splitter.push(chunk);
    this.#advance();
  }

  #drained(): void {
    if (this.#exchange === null) this.#awaitClient();
    this.#advance();
  }

  /** Answers what can be answered now. */
  #advance(): void {
    if (this.#advancing || this.#finished) return;
    this.#advancing = true;
    const answered = !this.#busy && this.#answerNext();
    this.#advancing = false;
    if (this.#finished) return;
    if (answered && !this.#busy) {
      this.#turn = setImmediate(() => {
        this.#turn = null;
        this.#advance();
      });
    }
    this.#waitForRightSide();
  }

  get #busy(): boolean {
    return this.#turn !== null || this.#exchange !== null || this.#socket.writableNeedDrain;
  }

  #answerNext(): boolean {
    const message = this.#splitter.next();
    if (message === "incomplete") return false;
    const call = message === "too-long" ? null : parseCall(message);
    if (call === null) {
      this.#cut("malformed");
      return false;
    }
    const exchange = new Exchange(call, {
      send: (reply) => this.#send(reply),
      ended: () => this.#ended(exchange),
      failed: (method, cause) => this.#failed(method, cause),
    });
    this.#exchange = exchange;
    void exchange.run(this.#service);
    return true;
  }

  /** Nothing more can be done now: waits for the right side. */
  #waitForRightSide(): void {
    const streaming = this.#exchange?.more === true;
    if (this.#halfClosed && (streaming || !this.#busy)) {
      this.#finish();
      return;
    }
    if (this.#exchange !== null) this.#clearTimer();
    const full = this.#busy && this.#splitter.pendingBytes > this.#limits.requestBytes;
    if (full && streaming) {
      // Not reading would hide that the client is gone, for as long as the stream has nothing to say.
      this.#cut("queue");
    } else if (full) {
      this.#socket.pause();
    } else {
      this.#socket.resume();
    }
  }

  #ended(exchange: Exchange): void {
    if (this.#exchange === exchange && !this.#finished) {
      this.#exchange = null;
      this.#awaitClient();
      this.#advance();
    }
  }

  #failed(method: string, cause: unknown): void {
    this.#events.methodFailed(method, cause);
    this.close();
  }

  #send(reply: Buffer): boolean {
    if (this.#finished) return false;
    this.#events.writing(reply.length, this);
    if (this.#socket.writableLength > this.#limits.replyBytes) {
      this.#cut("unread");
      return false;
    }
    this.#socket.write(reply);
    return true;
  }

  /**
   * The client closed its side, or is gone: only a write shows which. Its calls are answered,
   * but a stream ends here, or a client that left would be kept for ever.
   */
  #clientEnded(): void {
    this.#halfClosed = true;
    this.#advance();
  }

  /** Ends the connection when the last reply is read, but waits for that no longer than for anything else. */
  #finish(): void {
    this.#stop();
    this.#awaitClient();
    this.#socket.end();
  }

  /** Bytes of replies that wait for the client to read them. */
  get unreadBytes(): number {
    return this.#socket.writableLength;
  }

  /** Ends the connection of a client that holds what others need. */
  cut(reason: "unread" | "crowded"): void {
    this.#cut(reason);
  }

  #cut(reason: CutReason): void {
    this.#events.cut(reason);
    this.close();
  }

  #stop(): void {
    this.#finished = true;
    this.#clearTimer();
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#turn = null;
    this.#exchange?.abandon();
    this.#exchange = null;
  }

  #awaitClient(): void {
    this.#timer ??= setTimeout(
      () => this.#cut(this.#socket.writableLength > 0 ? "unread" : "silent"),
      this.#limits.silenceMilliseconds,
    );
    this.#timer.refresh();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
