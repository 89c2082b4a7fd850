/** The protocol is UAPI.20, https://uapi-group.org/specifications/specs/varlink/, as systemd's sd-varlink speaks it. */
import { serviceError } from "./errors.ts";
import type { CallMessage, VarlinkObject } from "./message.ts";
import { serviceInterface } from "./org-varlink-service.ts";
import { checkParameters, type ParameterChecks } from "./parameters.ts";

/** One call in progress, as its method sees it. A method may keep it and reply later. */
export interface Call {
  /** The client takes several replies: only then may a reply continue. */
  readonly more: boolean;
  /** Aborted when the call is over: the last reply is sent, the client is gone, or the service stops. */
  readonly signal: AbortSignal;
  /**
   * Sends a reply; without `continues` it is the last one. Never throws. False if the client is gone or was dropped:
   * the call is then over.
   */
  reply(parameters?: VarlinkObject, options?: { readonly continues?: boolean }): boolean;
}

/** A method; what it throws is answered if it is a `VarlinkError`, and is the service's own fault otherwise. */
export interface Method {
  /** Name within its interface, such as `GetInfo`. */
  readonly name: string;
  readonly parameters: ParameterChecks;
  /**
   * Whether it replies more than once: `optional` ones must look at `call.more` and answer once without it, `required`
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

export interface Service {
  /**
   * Runs the method that is called. Throws or rejects with the VarlinkError to answer with, or with the method's own
   * fault.
   */
  invoke(message: CallMessage, call: Call): void | Promise<void>;
}

interface Served {
  readonly methods: ReadonlyMap<string, Method>;
  readonly declared: ReadonlySet<string>;
}

/**
 * A service of these interfaces and of `org.varlink.service`. Throws if an interface has a method that its description
 * does not declare, since introspection would then lie.
 */
export function createService(info: ServiceInfo, interfaces: readonly VarlinkInterface[]): Service {
  const all = [...interfaces, serviceInterface(info, interfaces)];
  const served = new Map(all.map((each) => [each.name, serve(each)]));
  return {
    invoke(message, call) {
      const method = find(served, message.method);
      if (message.mode === "upgrade") {
        // A plain reply would tell the client that the connection is now its own.
        throw serviceError("MethodNotImplemented", { method: message.method });
      }
      if (method.streaming === "required" && message.mode !== "more") {
        throw serviceError("ExpectedMore");
      }
      return method.call(checkParameters(message.parameters, method.parameters), call);
    },
  };
}

function find(served: ReadonlyMap<string, Served>, method: string): Method {
  const dot = method.lastIndexOf(".");
  if (dot === -1) {
    throw serviceError("MethodNotFound", { method });
  }
  const entry = served.get(method.slice(0, dot));
  if (entry === undefined) {
    throw serviceError("InterfaceNotFound", { interface: method.slice(0, dot) });
  }
  const name = method.slice(dot + 1);
  const found = entry.methods.get(name);
  if (found === undefined) {
    throw serviceError(entry.declared.has(name) ? "MethodNotImplemented" : "MethodNotFound", { method });
  }
  return found;
}

function serve({ name, description, methods }: VarlinkInterface): Served {
  const declared = new Set(Array.from(description.matchAll(/^\s*method\s+(\w+)/gm), (match) => match[1] ?? ""));
  const undeclared = methods.find((method) => !declared.has(method.name));
  if (undeclared !== undefined) {
    throw new Error(`The description of '${name}' does not declare its method '${undeclared.name}'`);
  }
  return { methods: new Map(methods.map((method) => [method.name, method])), declared };
}
