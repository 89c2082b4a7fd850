/** A wait for random bytes on a thread's stack as a JVM prints it. */
export interface JavaWait {
  /** How long the thread was blocked, where the line in front of its stack says so. */
  readonly seconds: number | null;
}

const longestLine = 600;
/** One frame, of jstack, of a logged exception, or after what a container writes in front of each line. */
const frame =
  /^(?:[\w.-]{1,60} *\|\s*)?(?:at +)?(?:[\w.-]{1,20}(?:@[\w.+-]{1,40})?\/)?((?:java|sun)(?:\.[\w$<>]{1,80}){2,8}) ?\([^()]{1,120}\)/;
/** Lines between frames: "- locked <0x00000000fb0099b0> (a java.lang.Object)". */
const between = /^(?:[\w.-]{1,60} *\|\s*)?- (?:locked|waiting on|parking to wait for|eliminated)\b/;
const blocked = /\bhas been blocked for (\d{1,9}) ms\b/;
/** The thread stands in the read itself, which is native code. */
const native = /^java\.io\.FileInputStream\.read(?:Bytes|0)0?$/;
const reading = /^java\.io\.\w{1,20}InputStream\.\w{1,20}$/;
/** The seed's source is /dev/random, unless an option of the JVM names another. */
const seed =
  /^sun\.security\.provider\.(?:SeedGenerator\$URLSeedGenerator\.getSeedBytes|NativePRNG\$Blocking\.\w{1,40})$/;
/** Reads /dev/random for a seed or for a generator that blocks, else /dev/urandom. */
const generator = /^sun\.security\.provider\.NativePRNG\$RandomIO\.(\w{1,40})$/;

/** Reads the stacks that a JVM prints (jstack, SIGQUIT, Vert.x's checker of blocked threads). */
export class JavaStacks {
  #isReading = false;
  #seconds: number | null = null;

  /** Null: with this line no stack shows that its thread waits for random bytes. */
  take(text: string): JavaWait | null {
    if (text.length > longestLine) return null;
    const [, milliseconds] = blocked.exec(text) ?? [];
    if (milliseconds !== undefined) this.#seconds = Number(milliseconds) / 1000;
    if (!this.#isReading && !text.includes(".FileInputStream.read")) return null;
    if (between.test(text)) return null;
    const [, called] = frame.exec(text) ?? [];
    if (called === undefined) {
      this.#isReading = false;
      return null;
    }
    if (native.test(called)) {
      this.#isReading = true;
      return null;
    }
    if (!this.#isReading || reading.test(called)) return null;
    const isOfGenerator = generator.exec(called)?.[1];
    if (isOfGenerator !== undefined && isOfGenerator !== "implGenerateSeed") return null;
    this.#isReading = false;
    if (isOfGenerator === undefined && !seed.test(called)) return null;
    const seconds = this.#seconds;
    this.#seconds = null;
    return { seconds };
  }
}
