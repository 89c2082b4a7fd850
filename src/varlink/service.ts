/** The protocol is UAPI.20, https://uapi-group.org/specifications/specs/varlink/, as systemd's sd-varlink speaks it. */
import type { Call, Method, VarlinkInterface, ServiceInfo } from "./interface.ts";
import { serviceError } from "./errors.ts";
import type { CallMessage } from "./message.ts";
import { serviceInterface } from "./org-varlink-service.ts";
import { checkParameters } from "./parameters.ts";

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
        // A plain reply would mean to the client that the connection is now its own.
        throw serviceError("MethodNotImplemented", { method: message.method });
      }
      if (method.streaming === "required" && message.mode !== "more") throw serviceError("ExpectedMore");
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
  const declared = new Set(Array.from(description.matchAll(/^[ \t]*method[ \t]+(\w+)/gm), (match) => match[1] ?? ""));
  const undeclared = methods.find((method) => !declared.has(method.name));
  if (undeclared !== undefined) {
    throw new Error(`The description of '${name}' does not declare its method '${undeclared.name}'`);
  }
  return { methods: new Map(methods.map((method) => [method.name, method])), declared };
}
