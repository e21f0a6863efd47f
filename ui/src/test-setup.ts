import { afterEach, vi } from 'vitest'
import { cleanup } from '@testing-library/react'

// happy-dom has neither; Mantine asks for both when a component mounts
Object.defineProperty(window, 'matchMedia', {
  writable: true,
  value: (media: string) => ({ matches: false, media, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} }),
})
window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
}
Element.prototype.scrollIntoView ??= vi.fn()

afterEach(cleanup)
