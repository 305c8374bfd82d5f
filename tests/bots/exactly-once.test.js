// The bots of examples/bots answer each question exactly once, although they and the server are killed at random
// moments. THRONG_SEED repeats a run's choices (not its races).

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from '../browser/harness/server.js';
import { Bot } from './harness/bot.js';
import { Chance } from './harness/chance.js';
import { examples, missing } from './harness/examples.js';
import { Talker } from './harness/talker.js';

const ROUNDS = 12;
/** What is said in a room in a round, questions and others. */
const LINES = 12;
const PATIENCE = { timeout: 600_000 };
/** So low that bots meet all of them: rates, several pages, and being too far behind for a join. */
const LOW = ['--sends-burst', '10', '--sends-per-second', '20', '--page-events-max', '7', '--catch-up-max', '9'];
/** A log that was never here: what a bot finds after a backup was restored. */
const ELSEWHERE = '01K9ZRZZZZ0000000000000001';

for (const { name, needs } of missing) test(name, { skip: `${needs} is missing` });

/** A bot in a room with somebody who asks it. */
class Scene {
  /** @type {string[]} */
  questions = [];
  #said = 0;

  /** @param {typeof examples[number]} example @param {string} url @param {string} folder */
  constructor({ name, command }, url, folder) {
    this.name = name;
    this.file = join(folder, `${name}.json`);
    this.talker = new Talker(url, name);
    this.#command = command;
    this.#given = [url, name, `${name}-bot`, this.file];
    this.start();
  }

  #command;
  #given;

  start() {
    this.bot = new Bot(this.#command, this.#given);
  }

  async killBot() {
    this.bot.kill9();
    await this.bot.ended;
    this.start();
  }

  /** What the bot would know if it were killed now. */
  get kept() {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8'));
    } catch {
      return {};
    }
  }

  /** Says some lines, some of them questions. @param {Chance} chance */
  async talk(chance) {
    const isQuestion = Array.from({ length: LINES }, () => chance.below(2));
    for (const asks of isQuestion) {
      const text = `${this.name} ${++this.#said}`;
      if (asks) this.questions.push(text);
      await this.talker.say(asks ? `!echo ${text}` : text);
    }
  }

  /** Waits until everything is behind the bot's cursor, as far as it is said. @returns {Promise<any[]>} the log */
  async settled() {
    for (;;) {
      const log = await this.talker.log();
      if (this.kept.seq === log.at(-1).seq) return log;
      assert.ok(!this.bot.isOver, `the bot ended:\n${this.bot.complaints}`);
      await sleep(50);
    }
  }

  async judge() {
    const log = await this.settled();
    const answers = log.filter(({ text }) => text.startsWith('» '));
    const counts = new Map(this.questions.map((question) => [`» ${question}`, 0]));
    for (const { text } of answers) counts.set(text, (counts.get(text) ?? 0) + 1);
    const wrong = [...counts].filter(([, count]) => count !== 1);
    assert.deepEqual(wrong, [], 'each question has one answer');
    assert.equal(new Set(answers.map(({ from }) => from.id)).size, 1, 'all by the same bot');
    assert.deepEqual(answers.map(({ text }) => text), [...counts.keys()], 'in the order of the questions');
  }
}

test('each question has exactly one answer, whatever is killed and when', PATIENCE, async (t) => {
  const chance = new Chance(process.env.THRONG_SEED ?? String(Date.now()));
  t.diagnostic(`THRONG_SEED=${chance.seed}`);
  const server = await Server.start(LOW, { strict: true });
  const folder = mkdtempSync(join(tmpdir(), 'throng-bots-'));
  const scenes = examples.map((example) => new Scene(example, `ws://${server.address}/ws`, folder));
  t.after(async () => {
    for (const { bot, talker } of scenes) {
      bot.kill9();
      talker.end();
    }
    await server.remove();
    rmSync(folder, { recursive: true });
  });
  // A bot answers from its first join on.
  for (const scene of scenes) while (scene.kept.seq === undefined) await sleep(50);

  for (let round = 0; round < ROUNDS; round++) {
    const talking = Promise.all(scenes.map((scene) => scene.talk(chance)));
    await sleep(chance.below(400));
    if (chance.below(2)) {
      await server.kill9();
      // Sometimes the bots die while they look for the server, sometimes it is back before.
      if (chance.below(2)) await Promise.all(scenes.map((scene) => scene.killBot()));
      await server.restart();
    } else {
      await Promise.all(scenes.map((scene) => scene.killBot()));
    }
    await talking;
  }
  for (const scene of scenes) await t.test(scene.name, () => scene.judge());

  await t.test('a log that is another one, as after a restored backup, is answered once as well', async (t) => {
    for (const scene of scenes) {
      await t.test(scene.name, async () => {
        scene.bot.kill9();
        await scene.bot.ended;
        writeFileSync(scene.file, JSON.stringify({ ...scene.kept, epoch: ELSEWHERE }));
        const question = 'are you still there?';
        scene.questions.push(question);
        await scene.talker.say(`!echo ${question}`);
        scene.start();
        await scene.judge();
        assert.notEqual(scene.kept.epoch, ELSEWHERE);
      });
    }
  });
});
