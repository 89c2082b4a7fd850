// Compiles dist/main.cjs for the V8 that runs this (`npm run build` does), so that dist/start.cjs has nothing to
// compile. V8 takes only what the same version of it made with the same options, and otherwise compiles as ever: a
// package that was built elsewhere starts a millisecond later, and is the same in all else.
"use strict";
const fs = require("fs");
const path = require("path");
const v8 = require("v8");
const vm = require("vm");
const { wrap } = require("module");

const file = path.join(__dirname, "..", "dist", "main.cjs");

// Each function, not only what runs when the file is loaded. By the time the code is written, V8's options must be
// those of a start.
v8.setFlagsFromString("--no-lazy");
const script = new vm.Script(wrap(fs.readFileSync(file, "utf8")), { filename: file });
v8.setFlagsFromString("--lazy");
fs.writeFileSync(path.join(path.dirname(file), "main.v8"), script.createCachedData());
