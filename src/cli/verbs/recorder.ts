import type { BackEnd, Plan, NextBoot } from "../../boot-loaders/back-end.ts";
import { carryOut, requirePossible } from "../../boot-loaders/carry-out.ts";
import { backEndOf, backEnds } from "../../boot-loaders/registry.ts";
import { recorderFindings } from "../../diagnose/recorder-findings.ts";
import { recorderArguments } from "../../parse/command-line/recorder-arguments.ts";
import { Unchangeable } from "../../parse/command-line/unchangeable.ts";
import { ChildFailed } from "../../platform/child.ts";
import { recorderOn } from "../../parse/command-line/recorder-line.ts";
import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import { escapeLines, escapeText } from "../../render/escape.ts";
import { jsonInOneLine } from "../../render/json-text.ts";
import { planText } from "../../render/text/plan-text.ts";
import { recorderJson, type RecorderStatus, recorderText } from "../../render/text/recorder-text.ts";
import { shellWords } from "../../render/shell-words.ts";
import { containerOf } from "../../sources/host/virtualization.ts";
import { kernelRecorder, recorderOf } from "../../sources/trace/kernel-recorder.ts";
import { confirm } from "../confirm.ts";
import { print } from "../print.ts";
import { printLines } from "../long-text.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode, withoutEffect } from "../verb.ts";

/** `crngwatch recorder`: the flight recorder on the kernel command line of the next boots. */
export async function recorder({ roots, given, operands }: InvocationOf<"recorder">): Promise<ExitCode> {
  const [action] = operands;
  if (action === "status") {
    for (const name of ["dry-run", "yes"] as const)
      if (given[name] === true) throw withoutEffect(name, "on 'recorder status', which changes nothing");
    const status = await recorderStatus(roots);
    if (given.json === undefined) await printLines(recorderText(status));
    else print(given.json === "short" ? jsonInOneLine(recorderJson(status)) : recorderJson(status));
    return exit.ok;
  }
  if (given.json !== undefined) throw withoutEffect("json", `on 'recorder ${action}': it is for 'recorder status'`);
  try {
    return await changeTo(action === "arm" ? "arm" : "disarm", roots, given);
  } catch (error) {
    if (error instanceof Unchangeable || error instanceof ChildFailed)
      throw new CommandFailed(escapeText(error.message));
    throw error;
  }
}

async function changeTo(
  action: "arm" | "disarm",
  roots: Roots,
  given: InvocationOf<"recorder">["given"],
): Promise<ExitCode> {
  const backEnd = backEndOf(roots);
  if (backEnd === null)
    throw new CommandFailed(
      `Cannot find how this host keeps its kernel command line: expected one of ${backEnds.map(({ name }) => name).join(", ")}; by hand, add ${recorderArguments(recorderOf(roots).recorder ?? "kprobes", '"').join(" ")}`,
    );
  // An image's own arguments are made where it is built, in a container.
  const container = roots.live && backEnd.name !== "bootc" ? containerOf(roots) : null;
  if (container !== null)
    throw new CommandFailed(
      `Cannot change the kernel command line in a container (${escapeText(container)}), since it is the host's: run 'crngwatch recorder ${action}' there, or name the root of an image with --root`,
    );
  const { plan, why } =
    action === "arm" ? await armPlan(roots, backEnd) : { plan: await backEnd.disarm(roots), why: null };
  const state = action === "arm" ? "armed" : "off";
  if (plan.files.length + plan.commands.length === 0) {
    const isInEffect = !roots.live || isThisBootArmed(roots) === (action === "arm");
    const restart = isInEffect ? "" : `; ${takesEffect(roots)}`;
    print(
      `The flight recorder is ${state} for the next boots already (${backEnd.name}): nothing to change${restart}\n`,
    );
    return exit.ok;
  }
  requirePossible(plan);
  const commandsOfHost = plan.commands.map(({ program, words }) => hostCommand(roots, program, words));
  print(planText({ backEnd, files: plan.files, commands: commandsOfHost, isRunHere: roots.live, why }));
  if (given["dry-run"] === true) return exit.ok;
  if (given.yes !== true && !confirm("Change this?")) throw new CommandFailed("Nothing was changed");
  const { files, commands } = plan;
  await carryOut(roots.live ? plan : { files, commands: [] });
  const toRun =
    roots.live || commands.length === 0
      ? ""
      : `run ${commandsOfHost.map((command) => `'${command}'`).join(" and ")} on that host, then `;
  print(
    escapeLines(
      `The flight recorder is ${state} for the next boots (${backEnd.name}): ${toRun}${takesEffect(roots)}\n`,
    ),
  );
  return exit.ok;
}

async function armPlan(roots: Roots, backEnd: BackEnd): Promise<{ readonly plan: Plan; readonly why: string }> {
  const { recorder: kind, why } = recorderOf(roots);
  if (kind === null) throw new CommandFailed(`Cannot arm the flight recorder: ${why}`);
  return { plan: await backEnd.arm(roots, kind), why };
}

function isThisBootArmed({ proc }: Roots): boolean {
  return recorderOn(textOrNull(join(proc, "cmdline")) ?? "") !== null;
}

/** The kernel reads its command line when it starts, and never again. */
function takesEffect({ live }: Roots): string {
  return `restart ${live ? "this machine" : "it"} for that to take effect`;
}

/** A command as it is typed on the host itself; its files are below `top` here. */
function hostCommand({ top, live }: Roots, program: string, words: readonly string[]): string {
  const here = live ? "" : top;
  return shellWords([program, ...words].map((word) => (word.startsWith(`${here}/`) ? word.slice(here.length) : word)));
}

/** What `crngwatch recorder status` reports of this boot and of the next ones. */
export async function recorderStatus(roots: Roots): Promise<RecorderStatus> {
  const backEnd = backEndOf(roots);
  const next = await nextBootOf(roots, backEnd);
  const { armed, tracefs, events, off, hits, missed, obstacles } = kernelRecorder(roots);
  return {
    nextBoot: { backEnd: backEnd?.name ?? null, ...next },
    thisBoot: {
      armed: armed === undefined ? null : armed !== null,
      recording: tracefs === "ok" ? events.length > 0 && obstacles.length === 0 : null,
      events,
      off,
      hits,
      missed,
    },
    obstacles,
    findings: recorderFindings({ armed: typeof armed === "string", tracefs, events, off, missed, obstacles }),
  };
}

async function nextBootOf(
  roots: Roots,
  backEnd: BackEnd | null,
): Promise<Pick<RecorderStatus["nextBoot"], "armed" | "problem">> {
  if (backEnd === null) return { armed: null, problem: "how this host keeps its kernel command line is not known" };
  try {
    const { armed, problem }: NextBoot = await backEnd.nextBoot(roots);
    return { armed: armed !== null, problem };
  } catch (error) {
    if (error instanceof Unchangeable || error instanceof ChildFailed) return { armed: null, problem: error.message };
    throw error;
  }
}
