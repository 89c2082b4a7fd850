import type { VarlinkObject } from "./message.ts";

/**
 * The generic errors of `org.varlink.service` that this service sends (UAPI.20, "The org.varlink.service Interface").
 */
export type ServiceError =
  | "InterfaceNotFound"
  | "MethodNotFound"
  | "MethodNotImplemented"
  | "InvalidParameter"
  | "PermissionDenied"
  | "ExpectedMore";

/**
 * An error as Varlink knows it: a qualified name and parameters. A method throws one to answer with it;
 * `callVarlink` and `streamVarlink` reject with the one the service answered.
 */
export class VarlinkError extends Error {
  /** Qualified name, such as `org.varlink.service.InvalidParameter`. */
  readonly id: string;
  readonly parameters: VarlinkObject;

  constructor(id: string, parameters: VarlinkObject = {}) {
    super(`The service answered '${id}'`);
    this.name = "VarlinkError";
    this.id = id;
    this.parameters = parameters;
  }
}

/** One of the generic errors, with the parameters that its definition requires. */
export function serviceError(error: ServiceError, parameters: VarlinkObject = {}): VarlinkError {
  return new VarlinkError(`org.varlink.service.${error}`, parameters);
}

/** The answer to a parameter that is missing, unknown, of the wrong type or out of range; `parameter` is its name. */
export function invalidParameter(parameter: string): VarlinkError {
  return serviceError("InvalidParameter", { parameter });
}

/**
 * Why a call got no answer:
 * - `not-running`: no socket there, or no process listens on it (ENOENT, ECONNREFUSED);
 * - `denied`: file permissions or a security module forbid it (EACCES, EPERM);
 * - `busy`: the service's queue of new connections is full (EAGAIN);
 * - `closed`: connected, but the service hung up before its (final) answer: it is at its limit of clients, or stopped;
 * - `timed-out`: no answer within the time given;
 * - `bad-answer`: the answer is no Varlink reply, or is larger than allowed;
 * - `failed`: anything else, see `cause`.
 */
export type CallFailure = "not-running" | "denied" | "busy" | "closed" | "timed-out" | "bad-answer" | "failed";

/** A call that the service did not answer; `kind` says why, `cause` carries the system's error where there is one. */
export class VarlinkCallFailed extends Error {
  readonly kind: CallFailure;

  constructor(kind: CallFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "VarlinkCallFailed";
    this.kind = kind;
  }
}

/** The service cannot listen; `kind` is `in-use` when another process answers on that socket. */
export class VarlinkListenFailed extends Error {
  readonly kind: "in-use" | "failed";

  constructor(kind: "in-use" | "failed", message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "VarlinkListenFailed";
    this.kind = kind;
  }
}
