import type { Call } from "../../src/varlink/interface.ts";
import { describe, expect, it } from "vitest";
import { createService } from "../../src/varlink/service.ts";
import type { CallMode, VarlinkObject } from "../../src/varlink/message.ts";
import { benchInterface, benchService } from "./bench.ts";

/** Invokes a method with a call that notes the replies; gives the error it throws, or the replies. */
async function invoke(method: string, parameters: VarlinkObject = {}, mode: CallMode = "plain"): Promise<unknown> {
  const replies: unknown[] = [];
  const call: Call = {
    more: mode === "more",
    signal: new AbortController().signal,
    reply(reply = {}, options = {}) {
      replies.push(options.continues === true ? { ...reply, continues: true } : reply);
      return true;
    },
  };
  try {
    await benchService().invoke({ method, parameters, mode }, call);
  } catch (error) {
    return error;
  }
  return replies;
}

const error = (name: string, parameters: VarlinkObject = {}) =>
  expect.objectContaining({ id: `org.varlink.service.${name}`, parameters });

describe("org.varlink.service", () => {
  it("reports what it is and which interfaces it has, itself included", async () => {
    expect(await invoke("org.varlink.service.GetInfo")).toEqual([
      {
        vendor: "Example",
        product: "Bench",
        version: "1",
        url: "https://example.org/",
        interfaces: ["org.example.bench", "org.varlink.service"],
      },
    ]);
  });

  it("describes its interfaces", async () => {
    const describeIt = "org.varlink.service.GetInterfaceDescription";
    const known = await invoke(describeIt, { interface: "org.example.bench" });
    expect(known).toEqual([{ description: benchInterface(new Set()).description }]);
    const itself = await invoke(describeIt, { interface: "org.varlink.service" });
    expect(itself).toEqual([{ description: expect.stringContaining("\ninterface org.varlink.service\n") }]);
    expect(await invoke(describeIt, { interface: "org.example.none" })).toEqual(
      error("InterfaceNotFound", { interface: "org.example.none" }),
    );
    expect(await invoke(describeIt, { interface: "__proto__" })).toEqual(
      error("InterfaceNotFound", { interface: "__proto__" }),
    );
    expect(await invoke(describeIt)).toEqual(error("InvalidParameter", { parameter: "interface" }));
    expect(await invoke(describeIt, { interface: 1 })).toEqual(error("InvalidParameter", { parameter: "interface" }));
  });

  it("refuses parameters that GetInfo does not have", async () => {
    expect(await invoke("org.varlink.service.GetInfo", { x: 1 })).toEqual(
      error("InvalidParameter", { parameter: "x" }),
    );
  });
});

describe("createService", () => {
  it.each([
    ["Foo", "MethodNotFound", { method: "Foo" }],
    ["org.example.none.Foo", "InterfaceNotFound", { interface: "org.example.none" }],
    [".Foo", "InterfaceNotFound", { interface: "" }],
    ["org.example.bench.Foo", "MethodNotFound", { method: "org.example.bench.Foo" }],
    ["org.example.bench.", "MethodNotFound", { method: "org.example.bench." }],
    ["org.example.bench.constructor", "MethodNotFound", { method: "org.example.bench.constructor" }],
    ["org.example.bench.Planned", "MethodNotImplemented", { method: "org.example.bench.Planned" }],
  ])("answers a call of '%s' with %s", async (method, name, parameters) => {
    expect(await invoke(method)).toEqual(error(name, parameters));
  });

  it("names the parameter that is wrong", async () => {
    const method = "org.example.bench.Echo";
    const proto: VarlinkObject = JSON.parse('{"text":"a","__proto__":1}');
    expect(await invoke(method)).toEqual(error("InvalidParameter", { parameter: "text" }));
    expect(await invoke(method, { text: null })).toEqual(error("InvalidParameter", { parameter: "text" }));
    expect(await invoke(method, { text: "a", count: 1.5 })).toEqual(error("InvalidParameter", { parameter: "count" }));
    expect(await invoke(method, { text: "a", count: 1e300 })).toEqual(
      error("InvalidParameter", { parameter: "count" }),
    );
    expect(await invoke(method, { text: "a", loud: 1 })).toEqual(error("InvalidParameter", { parameter: "loud" }));
    expect(await invoke(method, proto)).toEqual(error("InvalidParameter", { parameter: "__proto__" }));
    expect(await invoke(method, { text: "a", toString: 1 })).toEqual(
      error("InvalidParameter", { parameter: "toString" }),
    );
  });

  it("treats null as absent where the type allows it", async () => {
    expect(await invoke("org.example.bench.Echo", { text: "a", count: null, loud: true })).toEqual([
      { text: "a", loud: true },
    ]);
  });

  it("calls a method that may stream for one answer, and refuses to call one that must stream", async () => {
    expect(await invoke("org.example.bench.Watch")).toEqual([{ number: 0 }]);
    expect(await invoke("org.example.bench.Watch", {}, "more")).toEqual([{ number: 0, continues: true }]);
    expect(await invoke("org.example.bench.Follow")).toEqual(error("ExpectedMore"));
    expect(await invoke("org.example.bench.Follow", {}, "oneway")).toEqual(error("ExpectedMore"));
    expect(await invoke("org.example.bench.Follow", {}, "more")).toEqual([]);
  });

  it("gives no connection away", async () => {
    const method = "org.example.bench.Echo";
    expect(await invoke(method, { text: "a" }, "upgrade")).toEqual(error("MethodNotImplemented", { method }));
  });

  it("refuses an interface whose description lacks one of its methods", () => {
    const info = { vendor: "", product: "", version: "", url: "" };
    const bench = benchInterface(new Set());
    const wrong = { ...bench, description: "interface org.example.bench\n# method Echo\nmethod Watch() -> ()\n" };
    expect(() => createService(info, [wrong])).toThrow("does not declare its method 'Echo'");
  });
});
