# R survey on the recipe's rows: `Rscript peer_survey.R DIRECTORY ROWS TOGETHER`. Columns are files of raw doubles. Prints JSON.
# TOGETHER is how many indicators one call of svyby gets: its memory grows with indicators times rows.
suppressMessages({library(survey); library(jsonlite)})
directory <- commandArgs(TRUE)[1]; rows <- as.integer(commandArgs(TRUE)[2]); together <- as.integer(commandArgs(TRUE)[3])
column <- function(name) readBin(file.path(directory, name), "double", rows)
names <- sprintf("income_%02d", 0:(together - 1))
d <- data.frame(psu=column("psu"), stratum=column("stratum"), weight=column("weight"), members=column("members"),
                partnership=sprintf("p%03d", column("domain") %/% 4), round=sprintf("r%d", column("domain") %% 4 + 1))
for (name in names) d[[name]] <- column(name)
clock <- function(work) { start <- proc.time()[3]; result <- work(); list(seconds=as.numeric(proc.time()[3] - start), result=result) }
designed <- function(rows) svydesign(ids=~psu, strata=~stratum, weights=~weight, data=rows)
design <- clock(function() designed(d))
# One indicator, as it is mostly asked: all partnerships and rounds of one design.
one <- clock(function() svyby(~income_00, ~partnership+round, denominator=~members, design=design$result, svyratio, keep.names=FALSE))
# Several in one call.
every <- clock(function() svyby(as.formula(paste("~", paste(names, collapse="+"))), ~partnership+round, denominator=~members,
                                design=design$result, svyratio, keep.names=FALSE))
# One indicator, a design for each round: its calls look at a quarter of the rows.
apart <- clock(function() for (each in unique(d$round))
  svyby(~income_00, ~partnership, denominator=~members, design=designed(d[d$round == each, ]), svyratio))
# A mean by the 200 partnerships alone.
mean <- clock(function() svyby(~income_00, ~partnership, design=design$result, svymean))
peak <- sum(gc()[, 6])
cat(toJSON(list(design=design$seconds, one=one$seconds, every=every$seconds, apart=apart$seconds, mean=mean$seconds, peak_mb=peak,
                partnership=one$result$partnership, round=one$result$round, estimate=one$result[[3]], se=one$result[[4]]),
           auto_unbox=TRUE, digits=17, na="null"))
