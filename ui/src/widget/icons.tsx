/** @jsxRuntime classic */
/** @jsx h */
/** The few icons the widget needs, drawn on a 24 px grid. */

import { h } from 'preact'

const icon = (d: string, size = 24) => () => (
  <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path d={d} />
  </svg>
)

export const Chat = icon('M12 4a8 8 0 1 1-4 15l-4 1 1-4a8 8 0 0 1 7-12ZM8.5 12h.01M12 12h.01M15.5 12h.01', 26)
export const Down = icon('m6 9 6 6 6-6')
export const Close = icon('M6 6l12 12M18 6 6 18', 22)
export const Clip = icon('m15 7-6.5 6.5a1.5 1.5 0 0 0 3 3L18 10a3 3 0 0 0-6-6l-6.5 6.5a4.5 4.5 0 0 0 9 9L21 13', 21)
export const Send = icon('M12 19V5m-6 6 6-6 6 6', 21)
export const Page = icon('M14 3v4a1 1 0 0 0 1 1h4M17 21H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h7l5 5v11a2 2 0 0 1-2 2ZM9 13h6M9 17h4', 28)
export const Clock = icon('M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z', 13)
export const Check = icon('m5 12.5 4.5 4.5L19 7.5', 14)
export const Checks = icon('m2.5 12.5 4.5 4.5 9-9.5M12 16l1 1 9-9.5', 15)
