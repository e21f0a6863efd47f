import type { TFunction } from 'i18next'

/** What a job does, in the screen's language; a job this screen does not know keeps its own name. */
export function jobName(t: TFunction<'system'>, name: string): string {
  return t(`job.${name.replaceAll(/\W/g, '_')}`, { defaultValue: name })
}
