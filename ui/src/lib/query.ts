import { QueryClient } from '@tanstack/react-query'
import { ClientResponseError } from 'pocketbase'

/** Server state lives here and nowhere else; the live feed (lib/live.ts) keeps it true. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      // an answer from the server will not change by asking again; a dropped line may
      retry: (failures, error) => failures < 2 && (!(error instanceof ClientResponseError) || error.status === 0 || error.status >= 500),
    },
  },
})
