import { boundedRecord } from "./bounded-record.ts";
import { bootInterfaceDescription } from "./boot-interface-description.ts";
import { bootInterfaceName } from "./boot-interface-name.ts";
import type { Call, Method, VarlinkInterface } from "../varlink/interface.ts";
import type { VarlinkObject } from "../varlink/message.ts";
import type { Diagnosed } from "../core/boot-record.ts";
import { mayUnitTimesDecide } from "../diagnose/verdict/unit-stamps.ts";

/** What the interface answers from: the daemon. */
export interface Answers {
  /** The same object until something of it changes; the texts below follow from it alone. */
  readonly record: () => Diagnosed;
  readonly verdict: () => string;
  /** The CRNG's state in one line. */
  readonly readiness: () => string;
  /** What `crngwatch status` prints, so that the verb need not load what makes it. */
  readonly status: () => string;
  /** Calls back at each change that is logged for a person; the function returned ends it. */
  readonly subscribe: (changed: (text: string) => void) => () => void;
}

/** The interface `io.crngwatch`: read-only, so that anyone on the host may ask. */
export function bootInterface(answers: Answers): VarlinkInterface {
  return {
    name: bootInterfaceName,
    description: bootInterfaceDescription,
    methods: [
      madeOnce("GetRecord", answers, (record) => ({ record: boundedRecord(record) })),
      madeOnce("GetReadiness", answers, ({ readiness, callers }) => ({
        verdict: answers.verdict(),
        text: answers.readiness(),
        readiness,
        callers,
      })),
      madeOnce("GetStatus", answers, (record) => ({
        text: answers.status(),
        level: record.readiness.level,
        settled: record.readiness.settled,
        unitTimesMayDecide: mayUnitTimesDecide(record),
      })),
      { name: "GetDaemon", parameters: {}, streaming: "no", call: (_, call) => void call.reply({ pid: process.pid }) },
      { name: "Watch", parameters: {}, streaming: "required", call: (_, call) => watch(answers, call) },
    ],
  };
}

/**
 * A method whose answer is made once for each record: to answer again costs no more than the sending, and all clients
 * that have not read it yet hold one text together.
 */
function madeOnce(name: string, answers: Answers, make: (record: Diagnosed) => VarlinkObject): Method {
  let last: { readonly record: Diagnosed; readonly answer: VarlinkObject } | null = null;
  return {
    name,
    parameters: {},
    streaming: "no",
    call(_, call) {
      const record = answers.record();
      if (last?.record !== record) last = { record, answer: Object.freeze(make(record)) };
      call.reply(last.answer);
    },
  };
}

/** Replies at once with how things stand, then with each change, until the client goes. */
function watch(answers: Answers, call: Call): void {
  const send = (text: string): boolean =>
    call.reply({ text, readiness: answers.record().readiness }, { continues: true });
  if (!send(answers.readiness())) return;
  const unsubscribe = answers.subscribe((text) => {
    if (!send(text)) unsubscribe();
  });
  call.signal.addEventListener("abort", unsubscribe, { once: true });
}
