// The menu of a panel: explanation, table, picture and data files, full size, hide.
import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import { memo, useContext, type RefObject } from "react";
import { figureCsv } from "./figure/figureTable";
import { download, pngBlob, svgBlob } from "./figure/pictureFile";
import { rememberedTable } from "./figure/shownPanels";
import { svgPicture } from "./figure/svgPicture";
import { PanelFrameContext } from "./PanelFrame";

interface PanelMenuProps {
  readonly name: string;
  readonly title: string;
  readonly panel: RefObject<HTMLElement | null>;
  /** Whether it remembers one: the menu hears nothing of what the panel draws. */
  readonly hasTable: boolean;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
  readonly isExplained: boolean;
  readonly onExplained: ((isExplained: boolean) => void) | null;
}

export const PanelMenu = memo(function PanelMenu(props: PanelMenuProps) {
  const { name, title, panel, hasTable, isTable, onTable, isExplained, onExplained } = props;
  const frame = useContext(PanelFrameContext);
  const onPage = (): HTMLElement => {
    if (panel.current === null) throw new Error(`the ${title} panel is not on the page`);
    return panel.current;
  };
  const picture = () => svgPicture(onPage());
  // The menu has to be gone before the panel is looked at, and a browser may refuse a copy or run out of memory.
  const act = (what: string, action: () => Promise<void> | void): void => {
    requestAnimationFrame(() => {
      Promise.resolve()
        .then(action)
        .catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          frame?.onTell("error", `${title}: ${what} failed: ${reason}`);
        });
    });
  };
  const copy = async (): Promise<void> => {
    const png = await pngBlob(picture());
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    frame?.onTell("info", `The picture of the ${title} panel is on the clipboard.`);
  };
  const savePng = async () => download(await pngBlob(picture()), `winnow-${name}.png`);
  const saveCsv = () =>
    download(new Blob([figureCsv(rememberedTable(onPage())())], { type: "text/csv" }), `winnow-${name}.csv`);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="panel-menu-button" aria-label={`Menu of ${title}`} title={`Menu of ${title}`}>
        ⋯
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="panel-menu" align="end" sideOffset={4} collisionPadding={8}>
          {onExplained !== null && (
            <DropdownMenu.CheckboxItem className="panel-menu-item" checked={isExplained} onCheckedChange={onExplained}>
              Explanation
            </DropdownMenu.CheckboxItem>
          )}
          {hasTable && (
            <DropdownMenu.CheckboxItem className="panel-menu-item" checked={isTable} onCheckedChange={onTable}>
              As a table
            </DropdownMenu.CheckboxItem>
          )}
          <DropdownMenu.Separator className="panel-menu-line" />
          <Item onSelect={() => act("the copy", copy)}>Copy picture</Item>
          <Item onSelect={() => act("the PNG", savePng)}>Download PNG</Item>
          <Item onSelect={() => act("the SVG", () => download(svgBlob(picture()), `winnow-${name}.svg`))}>
            Download SVG
          </Item>
          {hasTable && <Item onSelect={() => act("the CSV", saveCsv)}>Download CSV</Item>}
          {frame !== null && (
            <>
              <DropdownMenu.Separator className="panel-menu-line" />
              <Item onSelect={() => frame.onMaximise(name)}>
                {frame.maximised === name ? "Back to its place" : "Full size"}
              </Item>
              {frame.onHide !== undefined && <Item onSelect={() => frame.onHide?.(name)}>Hide</Item>}
            </>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
});

function Item({ onSelect, children }: { readonly onSelect: () => void; readonly children: string }) {
  return (
    <DropdownMenu.Item className="panel-menu-item" onSelect={onSelect}>
      {children}
    </DropdownMenu.Item>
  );
}
