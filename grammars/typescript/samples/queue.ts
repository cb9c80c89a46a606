import { EventEmitter } from "node:events";
import type { Readable } from 'node:stream';

/** What waits in the queue. */
export interface Job<T = unknown> {
  readonly id: number;
  name?: string;
  run(input: T): Promise<void>;
}

type Listener = (job: Job, ...rest: string[]) => void;
enum State { Idle, Busy = 4, Done = "done" }

export abstract class Queue<T extends object> extends EventEmitter implements Iterable<Job<T>> {
  private jobs: Job<T>[] = [];
  static #count = 0;
  protected state: State = State.Idle;

  constructor(private readonly limit: number = 10, public source?: Readable) {
    super();
    Queue.#count++;
  }

  get size(): number { return this.jobs.length }

  add(job: Job<T>): this {
    if (this.jobs.length >= this.limit) throw new RangeError(`full: ${job.name ?? "?"} of ${this.limit}`);
    this.jobs.push(job);
    return this;
  }

  *[Symbol.iterator](): Iterator<Job<T>> {
    for (const job of this.jobs) yield job;
  }

  abstract drain(): Promise<number | undefined>;
}

declare module "queue" {
  function open(path: string): void;
}

function isJob(value: any): value is Job {
  return typeof value?.id === 'number' && /^[a-z]+$/i.test(value.name!);
}

const names = <const>["a", "b"];
let total = names.reduce((sum, name) => sum + name.length, 0) as number;
export default isJob;
