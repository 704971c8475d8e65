import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    // On a phone tables are laid out as blocks, and a browser then forgets their roles unless they are said.
    warningFilter: (warning) => warning.code !== 'a11y_no_redundant_roles',
  },
};
