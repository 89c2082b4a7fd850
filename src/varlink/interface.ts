import type { VarlinkObject } from "./message.ts";
import type { ParameterChecks } from "./parameters.ts";

/** One call in progress, as its method sees it. A method may keep it and reply later. */
export interface Call {
  /** The client takes several replies: only then may a reply continue. */
  readonly more: boolean;
  /** Aborted when the call is over: the last reply is sent, the client is gone, or the service stops. */
  readonly signal: AbortSignal;
  /**
   * Sends a reply; without `continues` it is the last one. Never throws. False if the client is gone or was dropped:
   * the call is then over. A frozen object that many clients are sent is formatted once.
   */
  reply(parameters?: VarlinkObject, options?: { readonly continues?: boolean }): boolean;
}

/** A method; what it throws is answered if it is a `VarlinkError`, and is the service's own fault otherwise. */
export interface Method {
  /** Name within its interface, such as `GetInfo`. */
  readonly name: string;
  readonly parameters: ParameterChecks;
  /**
   * Whether it replies more than once: `optional` ones must check `call.more` and answer once without it, `required`
   * ones are answered with ExpectedMore without it. The description says so in a comment line of its own before the
   * method, `# [Supports 'more' flag]` or `# [Requires 'more' flag]`, which tools read.
   */
  readonly streaming: "no" | "optional" | "required";
  call(parameters: VarlinkObject, call: Call): void | Promise<void>;
}

export interface VarlinkInterface {
  /** Reverse-domain name. */
  readonly name: string;
  /**
   * The interface in Varlink's language. `varlinkctl introspect` parses it strictly (systemd's sd-varlink-idl.c): an
   * empty `[string]()`, arrays of arrays, a comma after the last field and a comment after a field are refused;
   * comments go on lines of their own before what they describe.
   */
  readonly description: string;
  readonly methods: readonly Method[];
}

/** What `varlinkctl info` shows. */
export interface ServiceInfo {
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
  readonly url: string;
}
