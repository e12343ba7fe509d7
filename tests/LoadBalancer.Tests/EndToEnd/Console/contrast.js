// Texts with less contrast than WCAG 2.2 asks for (1.4.3: 4.5 to 1, large ones 3 to 1), as they are computed, backgrounds included.
() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((value, index) => index === 3 ? value / 255 : value);
  };
  const over = (top, below) => top.slice(0, 3).map((value, index) => value * top[3] + below[index] * (1 - top[3]));
  const behind = element => {
    if (!element) return [255, 255, 255];
    const own = element instanceof SVGElement ? shapeBehind(element) : rgba(getComputedStyle(element).backgroundColor);
    return own && own[3] === 1 ? own : over(own ?? [0, 0, 0, 0], behind(element.parentElement));
  };
  const shapeBehind = element => {
    const rect = element.parentElement?.querySelector(':scope > rect');
    return rect ? rgba(getComputedStyle(rect).fill) : null;
  };
  const luminance = colour => colour.slice(0, 3).map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };

  return [...document.querySelectorAll('body *')].flatMap(element => {
    const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (texts.length === 0 || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || element.closest(':disabled')) return [];
    const style = getComputedStyle(element);
    const background = behind(element);
    const colour = over(rgba(element instanceof SVGElement ? style.fill : style.color), background);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    const found = ratio(colour, background);
    return found >= (large ? 3 : 4.5) ? [] : [`${element.textContent.trim().slice(0, 40)}: ${found.toFixed(2)}`];
  });
}
