// Calls methods of the generated API client one by one and keeps what is wrong with each answer.
import { listMethods, problemsOf } from "./declared_types.mjs";

const isEmptyPage = (answer) => [answer?.data, answer?.Resources].some((rows) => Array.isArray(rows) && rows.length === 0);

export class Sweep {
  #called = new Set();
  #areas = {};

  constructor(client) {
    this.client = client;
  }

  /** Runs the calls of one area; a refused call ends the area, and the report says what the server answered. */
  async area(name, play) {
    this.#areas[name] = [];
    this.problems = this.#areas[name];
    try {
      await play(this);
    } catch (error) {
      this.problems.push(`${this.last}: ${error.statusCode ?? error.stack} ${JSON.stringify(error.body ?? null)}`);
    }
  }

  /** The answer of a method such as `prompts.get`, checked; of a list it must have something. */
  async call(method, ...args) {
    this.last = method;
    this.#called.add(method);
    const place = method.split(".");
    const group = place.slice(0, -1).reduce((found, name) => found[name], this.client);
    const answer = await group[place.at(-1)](...args);
    this.problems.push(...problemsOf(method, answer).map((problem) => `${method}: ${problem}`));
    if (isEmptyPage(answer)) this.problems.push(`${method}: nothing in the list`);
    return answer;
  }

  /** Keeps a problem when a value is not what it should be. */
  expect(found, expected) {
    const [one, other] = [found, expected].map((value) => JSON.stringify(value));
    if (one !== other) this.problems.push(`${this.last}: ${one} instead of ${other}`);
  }

  report() {
    return { areas: this.#areas, uncalled: listMethods().filter((method) => !this.#called.has(method)) };
  }
}
