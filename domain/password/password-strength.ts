import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

/** How hard a password is to guess. */
export interface PasswordStrength {
  /** 0 is guessed at once, 4 is hard to guess even with stolen hashes (zxcvbn's scale). */
  score: 0 | 1 | 2 | 3 | 4;
  /** What makes it weak, and what to do: sentences in English. None contains the password. */
  advice: string[];
}

/** The lowest score that is accepted. */
export const ACCEPTED_SCORE = 3;

/** Longer input costs much more time and hardly gives another answer. */
const LONGEST_INPUT = 64;

/** Ways to read letters for digits and signs (`P4$$`) that are tried; with the library's 100 one check takes a second. */
const SUBSTITUTIONS = 10;

let estimator: ZxcvbnFactory | undefined;

/** Its dictionaries take some megabytes, so they are loaded by whoever asks first. */
function strengthEstimator(): ZxcvbnFactory {
  estimator ??= new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
    maxLength: LONGEST_INPUT,
    l33tMaxSubstitutions: SUBSTITUTIONS,
  });
  return estimator;
}

/** Estimates the strength of a password. `personal`: names, addresses and the like, which are guessed first. */
export function passwordStrength(password: string, personal: readonly string[]): PasswordStrength {
  const known = personal.flatMap((text) => [text, ...text.split(/[\s@.,_-]+/)]).filter((text) => text.length > 2);
  const words = known.slice(0, 50).map((text) => text.slice(0, LONGEST_INPUT));
  const { score, feedback } = strengthEstimator().check(password.slice(0, LONGEST_INPUT), words);
  const advice = [feedback.warning, ...feedback.suggestions].filter((text): text is string => Boolean(text));
  return { score, advice };
}
