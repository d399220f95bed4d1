import { BarChart, CustomChart, ScatterChart } from 'echarts/charts'
import { use } from '../../charts/engine.ts'

// What the Performance page draws beside lines.
use([BarChart, CustomChart, ScatterChart])
