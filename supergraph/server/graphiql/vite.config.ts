import { defineConfig } from 'vite';

export default defineConfig({
  base: '/graphql/ui/',
  worker: { format: 'es' },
  build: {
    chunkSizeWarningLimit: 5000, // Monaco is that large
    rolldownOptions: {
      // GraphiQL's "use no memo" speaks to a compiler that has long run; to the bundler it is noise.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
});
