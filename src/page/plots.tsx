export const Plots = () => <section class="plots" />;
