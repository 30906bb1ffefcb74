// Dark or light: as the system says, unless a person chose here. Loaded before the first paint.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (choice) => { root.dataset.theme = choice ?? (dark.matches ? 'dark' : 'light'); };
  apply(localStorage.theme);
  dark.addEventListener('change', () => apply(localStorage.theme));
  document.addEventListener('click', ({ target }) => {
    if (target.closest?.('#theme')) {
      localStorage.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
      apply(localStorage.theme);
    }
  });
})();
