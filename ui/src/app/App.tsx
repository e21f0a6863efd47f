import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Hints } from '@/components/Hints'
import { Toaster } from '@/lib/toast'
import { queryClient } from '@/lib/query'
import { router } from './router'
import { resolver, theme } from './theme'

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toaster />
        <Hints />
      </QueryClientProvider>
    </MantineProvider>
  )
}
