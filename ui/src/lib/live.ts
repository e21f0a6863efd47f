export { onLive, openLive, useLive, useLiveState, type LiveEvent, type LiveState } from './live/live'
