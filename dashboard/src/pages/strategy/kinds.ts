import { ScatterChart } from 'echarts/charts'
import { use } from '../../charts/engine.ts'

// What the Strategy page draws beside lines; prices have a chart of their own.
use([ScatterChart])
