"""Tables from outside (CSV, TSV, XLSX, phone records) as rows of cells: decoded, dated, dialled.
Knows no desk."""
