// What bin/crngwatch runs: the program itself, where this Node can run it. Written in ECMAScript 5, because an old Node
// does not parse main.cjs and would print a stack trace. The version is that of "engines" in package.json; a test holds it.
"use strict";
var fs = require("fs");
var oldest = [20, 19];
var version = process.versions.node.split(".");
var major = Number(version[0]);

if (major < oldest[0] || (major === oldest[0] && Number(version[1]) < oldest[1])) {
  var message =
    "Node.js " +
    process.versions.node +
    " ('" +
    process.execPath +
    "') is too old: install Node.js " +
    oldest.join(".") +
    " or newer, or set CRNGWATCH_NODE to the path of one";
  // A monitoring system reads standard output, and takes exit code 1 for a WARNING.
  var check = process.argv[2] === "check";
  fs.writeSync(check ? 1 : 2, (check ? "CRNG UNKNOWN - " : "crngwatch: ") + message + "\n");
  process.exit(check ? 3 : 1);
}

// As require() would, but with the code that V8 compiled when the program was built (native/compile-start.cjs): to look
// the file up and to compile it takes a millisecond of a start. V8 itself refuses code that another version of it made,
// or that was made with other options.
var file = __dirname + "/main.cjs";
var compiled = __dirname + "/main.v8";
var options = { filename: file, cachedData: fs.existsSync(compiled) ? fs.readFileSync(compiled) : undefined };
var text = module.constructor.wrap(fs.readFileSync(file, "utf8"));
var script = new (require("vm").Script)(text, options);
// The other files of this folder require this one too.
var main = (require.cache[file] = { exports: {}, loaded: true });
script.runInThisContext()(main.exports, require, main, file, __dirname);
