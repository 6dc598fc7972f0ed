"""Importing leads: a file of any make becomes companies, leads and responses, and nothing in it is lost.

cells       one cell: blank or not, folded, guarded against spreadsheets
decoding    bytes -> text
reading     text -> a table with line numbers, whatever the delimiter and the junk around it
sheets      XLSX and ODS -> the same table
headers     which column is which of our fields
places      countries, states, postal codes
phones      numbers to E.164 with their extensions
dates       scan times: the order of day and month, the zone
fields      e-mails, names, ratings, money
incoming    what a row came to: a lead to be, or a rejection
rows        one row -> an incoming lead, or the reason why not
identity    who is the same person, and who only looks like it
merging     several rows to one lead, and what a row changes on a known one
writing     people and questions into the database
options     what is said beside the file, and the report
importing   the use case: one file, one transaction
rejects     the rows that could not become leads, as a file to correct
"""
