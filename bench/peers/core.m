-- The core model of specs/core-model.json for Rumur. bench/peers.ts writes the constants PAGES, LIMIT
-- (max_map_count) and MMAP_CAP (above which mmap() fails) before this text, and behind it the rules: a
-- ruleset for each pair of lengths, so that no arguments are tried that are not those of a call.

type
  page: 0 .. PAGES - 1;
  border: 0 .. PAGES;
  protection: 1 .. 2;
  -- 0: not mapped; 1 and 2: mapped, with either protection. A VMA is a longest run of one of these.
  cell: 0 .. 2;

var
  cells: array [page] of cell;

function map_count(): border;
var count: border;
begin
  count := 0;
  for i: page do
    if cells[i] != 0 & (i = 0 | cells[i] != cells[i - 1]) then count := count + 1; end;
  end;
  return count;
end;

-- Whether pages s to e - 1 lie within one VMA that has pages on both sides of them.
function inside(s: border; e: border): boolean;
begin
  if s = 0 | e = PAGES then return false; end;
  if cells[s - 1] = 0 then return false; end;
  for i := s to e do
    if cells[i] != cells[s - 1] then return false; end;
  end;
  return true;
end;

procedure fill(s: border; e: border; c: cell);
begin
  for i := s to e - 1 do cells[i] := c; end;
end;

function unmap(s: border; e: border): boolean;
begin
  if inside(s, e) & map_count() >= LIMIT then return false; end;
  fill(s, e, 0);
  return true;
end;

function end_of_vma(at: page): border;
var end_page: border;
begin
  end_page := at + 1;
  while end_page < PAGES & cells[end_page] = cells[at] do end_page := end_page + 1; end;
  return end_page;
end;

procedure do_mmap(s: page; len: border; c: protection);
begin
  if map_count() <= MMAP_CAP then
    if unmap(s, s + len) then fill(s, s + len, c); end;
  end;
end;

procedure do_munmap(s: page; len: border);
var done: boolean;
begin
  done := unmap(s, s + len);
end;

procedure in_place(addr: page; old_len: border; new_len: border);
var done: boolean;
begin
  if cells[addr] = 0 | old_len = new_len then return; end;
  if new_len < old_len then
    done := unmap(addr + new_len, addr + old_len);
    return;
  end;
  if addr + new_len > PAGES then return; end;
  if end_of_vma(addr) != addr + old_len then return; end;
  for i := addr + old_len to addr + new_len - 1 do
    if cells[i] != 0 then return; end;
  end;
  fill(addr + old_len, addr + new_len, cells[addr]);
end;

procedure move(addr: page; old_len: border; new_len: border; keep: boolean; naddr: page);
var done: boolean;
var len: border;
begin
  if (keep & old_len != new_len) | (addr < naddr + new_len & naddr < addr + old_len) then return; end;
  if cells[addr] = 0 then return; end;
  if map_count() + 2 >= LIMIT - 3 then return; end;
  if !unmap(naddr, naddr + new_len) then return; end;
  len := old_len;
  if old_len > new_len then
    if !unmap(addr + new_len, addr + old_len) then return; end;
    len := new_len;
  end;
  if addr + len > end_of_vma(addr) | map_count() >= LIMIT - 3 then return; end;
  fill(naddr, naddr + new_len, cells[addr]);
  if !keep then done := unmap(addr, addr + len); end;
end;

startstate begin
  for i: page do cells[i] := 0; end;
end;
